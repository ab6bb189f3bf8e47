import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { EngineError, type StepContext, type VerbStep, type WantedPort } from '@windflow/engine'
import { listContainers } from '../api/containers.ts'
import { engineInfo } from '../api/system.ts'
import type { ContainerSummary } from '../api/types.ts'
import { LABEL } from '../labels.ts'
import type { Workbench } from './environment.ts'

/** Less than this and not even a container's own files can be counted on. */
const MIN_FREE_BYTES = 32 * 1024 * 1024

type Wanted = WantedPort & { readonly service: string }

/** Finds out without writing what would make the change fail later, when something has been touched already. */
export async function preflight(bench: Workbench, step: VerbStep<'preflight'>, context: StepContext): Promise<void> {
  const { ports, names, freed, images } = step.parameters
  const { signal } = context
  const containers = await listContainers(bench.engine, { all: true }, signal)
  const others = containers.filter(
    (container) => !freed.includes(container.Id) && !container.Names.some((name) => freed.includes(name.slice(1))),
  )
  checkNames(names, others, context)
  const ours = containers.filter((container) => !others.includes(container))
  await Promise.all([
    checkImages(bench, images, signal),
    checkSpace(bench, signal),
    ...ports.map((port) => checkPort(bench, port, others, ours)),
  ])
}

function checkNames(names: readonly string[], others: readonly ContainerSummary[], context: StepContext): void {
  for (const name of names) {
    const holder = others.find((container) => container.Names.includes(`/${name}`))
    // One of this project is the planner's business; it may be what a step cut off has made.
    if (!holder || holder.Labels?.[LABEL.project] === context.desired.project) continue
    throw new EngineError('name-taken', `the container name ${name} is taken by ${describe(holder)}`, {
      class: 'user',
      hint: 'remove or rename that container, or use another container_name or project name',
    })
  }
}

async function checkImages(bench: Workbench, images: readonly string[], signal: AbortSignal): Promise<void> {
  for (const reference of images) {
    if (await bench.images.get(reference, signal)) continue
    throw new EngineError('image-not-found', `image ${reference} is not on the target, and is not to be pulled`, {
      class: 'user',
      hint: 'pull or build it first, or let pull_policy allow it',
    })
  }
}

/** Only where the engine's disk can be asked directly: its API does not tell. */
async function checkSpace(bench: Workbench, signal: AbortSignal): Promise<void> {
  if (!bench.local) return
  const { DockerRootDir } = await engineInfo(bench.engine, signal)
  let free: number
  try {
    const { bavail, bsize } = await statfs(DockerRootDir)
    free = bavail * bsize
  } catch {
    return
  }
  if (free >= MIN_FREE_BYTES) return
  throw new EngineError(
    'disk-full',
    `the disk of the engine (${DockerRootDir}) has ${Math.floor(free / 1024)} KiB left`,
    {
      class: 'target',
      hint: 'free space on it: docker system df shows what takes it',
    },
  )
}

async function checkPort(
  bench: Workbench,
  wanted: Wanted,
  others: readonly ContainerSummary[],
  ours: readonly ContainerSummary[],
): Promise<void> {
  let refusal: EngineError | undefined
  for (let port = wanted.from; port <= wanted.to; port++) {
    const holder = others.find((container) => holds(container, wanted, port))
    if (holder) refusal ??= taken(wanted, port, describe(holder))
    // The engine's own listener for a container that is about to go would look like somebody else's.
    else if (ours.some((container) => holds(container, wanted, port)) || (await isFree(bench, wanted, port))) return
    else refusal ??= taken(wanted, port, 'another process of the host')
  }
  if (refusal) throw refusal
}

function holds(container: ContainerSummary, wanted: Wanted, port: number): boolean {
  return (container.Ports ?? []).some(
    ({ IP = '', PublicPort, Type }) =>
      PublicPort === port &&
      Type === wanted.protocol &&
      (anywhere(IP) || anywhere(wanted.hostIp) || IP === wanted.hostIp),
  )
}

function anywhere(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::'
}

/** Tried by listening, where the engine's host is this one. */
async function isFree(bench: Workbench, { hostIp, protocol }: Wanted, port: number): Promise<boolean> {
  if (!bench.local || protocol !== 'tcp' || port === 0) return true
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'))
    server.listen({ port, host: hostIp === '' ? '0.0.0.0' : hostIp, exclusive: true }, () =>
      server.close(() => resolve(true)),
    )
  })
}

function taken({ service, hostIp, protocol }: Wanted, port: number, holder: string): EngineError {
  const where = hostIp === '' ? `${port}` : `${hostIp}:${port}`
  return new EngineError(
    'port-taken',
    `port ${where}/${protocol}, which service ${service} publishes, is taken by ${holder}`,
    {
      class: 'user',
      hint: 'stop what uses it, or publish another port',
    },
  )
}

function describe(container: ContainerSummary): string {
  const name = container.Names[0]?.slice(1) ?? container.Id.slice(0, 12)
  const project = container.Labels?.[LABEL.project]
  return project === undefined ? `container ${name}` : `container ${name} of project ${project}`
}
