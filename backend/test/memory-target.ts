import type { Desired, Observed, Plan, PlanOptions, StepContext } from '@windflow/engine'
import { MemoryDriver, serviceHash } from '../../packages/engine/test/memory/driver.ts'

/** The engine's driver in memory, which hashes services in its own way: what the server computes is replaced by that. */
export class MemoryTarget extends MemoryDriver {
  override observe(desired: Desired): Promise<Observed> {
    return super.observe(hashed(desired))
  }

  override plan(desired: Desired, observed: Observed, options: PlanOptions): Promise<Plan> {
    return super.plan(hashed(desired), observed, options)
  }

  override planRestore(before: Observed, now: Observed, previous: Desired | undefined): Promise<Plan> {
    return super.planRestore(before, now, previous && hashed(previous))
  }

  override perform(step: Parameters<MemoryDriver['perform']>[0], context: StepContext): Promise<void> {
    const { desired, previous } = context
    return super.perform(step, {
      ...context,
      desired: hashed(desired),
      ...(previous && { previous: hashed(previous) }),
    })
  }
}

function hashed(desired: Desired): Desired {
  const services = Object.keys(desired.model.services).map((name) => [name, serviceHash(desired.model, name)])
  return { ...desired, hashes: { ...desired.hashes, services: Object.fromEntries(services) } }
}
