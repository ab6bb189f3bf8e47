import { type DockerObserved, dockerDriver } from '@windflow/docker'
import type { Driver } from '@windflow/engine'
import type { CommandContext } from '../context.ts'

/** The engine the docker CLI would use. Who opens it closes it. */
export function openTarget(context: CommandContext): Promise<Driver<DockerObserved>> {
  return dockerDriver({ environment: context.env })
}
