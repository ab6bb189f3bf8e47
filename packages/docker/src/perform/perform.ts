import type { ContainerStep, StepContext } from '@windflow/engine'
import { create } from './create.ts'
import { join, leave } from './endpoints.ts'
import type { Workbench } from './environment.ts'
import { gate } from './gate.ts'
import { build, pull } from './images.ts'
import { drain, remove, rename, start, stop, unpause } from './lifecycle.ts'
import { dropNetwork, dropVolume, makeNetwork, makeVolume } from './objects.ts'
import { preStart } from './pre-start.ts'
import { preflight } from './preflight.ts'

/** Does one step of a plan. Doing it twice, or again after it was cut off, ends in the same state. */
export function performStep(bench: Workbench, step: ContainerStep, context: StepContext): Promise<void> {
  switch (step.action) {
    case 'pull':
      return pull(bench, step, context)
    case 'build':
      return build(bench, step, context)
    case 'preflight':
      return preflight(bench, step, context)
    case 'create-network':
      return makeNetwork(bench, step, context)
    case 'remove-network':
      return dropNetwork(bench, step, context)
    case 'create-volume':
      return makeVolume(bench, step, context)
    case 'remove-volume':
      return dropVolume(bench, step, context)
    case 'create':
      return create(bench, step, context)
    case 'start':
      return start(bench, step, context)
    case 'unpause':
      return unpause(bench, step, context)
    case 'pre-start':
      return preStart(bench, step, context)
    case 'stop':
      return stop(bench, step, context)
    case 'rename':
      return rename(bench, step, context)
    case 'remove':
      return remove(bench, step, context)
    case 'gate':
      return gate(bench, step, context)
    case 'publish':
    case 'withdraw':
    case 'connect':
      return join(bench, step, context)
    case 'disconnect':
      return leave(bench, step, context)
    case 'drain':
      return drain(bench, step, context)
  }
}
