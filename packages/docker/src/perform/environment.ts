import { EngineError, type StepContext } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import type { CredentialSource } from '../images/credentials.ts'
import type { LocalImages } from '../local-images.ts'
import type { Traffic } from './traffic.ts'

/** What the verbs work with. One per driver. */
export interface Workbench {
  readonly engine: EngineClient
  readonly images: LocalImages
  readonly credentials: CredentialSource
  /** The engine runs on this machine: it sees its files, has its clock, and its addresses can be reached from here. */
  readonly local: boolean
  /** Of the user, for the builder's plugins. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Proxy variables for every container, from the configuration of the Docker CLI. */
  proxies(): Promise<Readonly<Record<string, string>>>
  readonly traffic: Traffic
  /** Starts whose port is taken from a range, one after the other: the engine would give two the same. */
  serialStarts: Promise<void>
}

/** The model a step was made from. */
export function modelOf(context: StepContext, from: 'desired' | 'previous'): StepContext['desired'] {
  if (from === 'desired') return context.desired
  if (context.previous) return context.previous
  throw new EngineError('previous-unknown', 'what ran before is not known, so it cannot be made again', {
    class: 'user',
    hint: 'deploy a stored release instead (windflow compose rollback)',
  })
}

/** What a container was made from, by the release in its label; the desired one for all that do not say. */
export function originOf(context: StepContext, release: string | undefined): StepContext['desired'] {
  const { desired, previous } = context
  return previous && release === String(previous.release) && release !== String(desired.release) ? previous : desired
}
