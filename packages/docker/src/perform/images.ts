import { EngineError, type StepContext, type VerbStep } from '@windflow/engine'
import { COMPOSE_VERSION } from '../labels.ts'
import type { Workbench } from './environment.ts'

/** What fetches and builds is loaded when something is fetched or built. */
export async function pull(bench: Workbench, step: VerbStep<'pull'>, context: StepContext): Promise<void> {
  const { reference, platform, optional } = step.parameters
  const { pullImage } = await import('../images/pull.ts')
  try {
    await pullImage(
      bench.engine,
      reference,
      { platform, credentials: bench.credentials, report: (progress) => context.report(progress) },
      context.signal,
    )
  } catch (error) {
    if (!optional || context.signal.aborted || !(error instanceof EngineError)) throw error
    context.report({ message: `not pulled, so it is built: ${error.message}` })
  } finally {
    bench.images.forget(reference)
  }
}

export async function build(bench: Workbench, step: VerbStep<'build'>, context: StepContext): Promise<void> {
  const { service: name, reference, pull: fresh, ifMissing } = step.parameters
  const { model } = context.desired
  const service = model.services[name]
  if (!service?.build) throw new TypeError(`service "${name}" has nothing to build`)
  if (ifMissing && (await bench.images.get(reference, context.signal))) return
  const { buildImage, builtImageName } = await import('../images/build.ts')
  const images = Object.entries(model.services).map(([other, { image }]) => [
    other,
    builtImageName(model.name, other, image),
  ])
  try {
    await buildImage(
      bench.engine,
      {
        project: context.desired.project,
        service: name,
        build: service.build,
        image: reference,
        platform: service.platform,
        ...(model.secrets && { secrets: model.secrets }),
        ...(context.desired.environment && { environment: context.desired.environment }),
        images: Object.fromEntries(images),
        pull: fresh || service.build.pull === true,
        noCache: service.build.no_cache === true,
      },
      {
        credentials: bench.credentials,
        composeVersion: COMPOSE_VERSION,
        env: bench.environment,
        proxies: await bench.proxies(),
        report: (progress) => context.report(progress),
      },
      context.signal,
    )
  } finally {
    bench.images.forget(reference)
  }
}
