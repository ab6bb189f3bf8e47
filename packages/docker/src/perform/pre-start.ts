import { setTimeout as sleep } from 'node:timers/promises'
import type { PreStart, Project, Service } from '@windflow/compose'
import { EngineError, imageReference, type StepContext, type VerbStep } from '@windflow/engine'
import { inspectContainer, startContainer } from '../api/containers.ts'
import { containerBody, linkedNames } from '../attributes/body.ts'
import { networkKeys } from '../attributes/networking.ts'
import { injectFiles } from '../files/injection.ts'
import { hookLabels, LABEL } from '../labels.ts'
import { seccompProfiles } from '../profiles.ts'
import { makeContainer } from './create.ts'
import { originOf, type Workbench } from './environment.ts'
import { lastLines } from './last-lines.ts'
import { removeAtOnce } from './lifecycle.ts'

const POLL_MS = 25

/**
 * Runs one `pre_start` hook to its end: a container made like the service's own, with its volumes, that goes before it
 * starts. One left by a step cut off is replaced: nobody knows how far it came.
 * @throws EngineError `hook-failed` with the hook's last lines; its container is left to whoever puts things back
 */
export async function preStart(bench: Workbench, step: VerbStep<'pre-start'>, context: StepContext): Promise<void> {
  const { container, service: name, index } = step.parameters
  const { signal } = context
  const target = await inspectContainer(bench.engine, container, signal)
  const desired = originOf(context, target.Config.Labels?.[LABEL.release])
  const hook = desired.model.services[name]?.pre_start?.[index]
  if (!hook) return
  if (hook.per_replica) {
    throw new EngineError('hook-per-replica', `pre_start[${index}] of service ${name} asks to run per replica`, {
      class: 'user',
      hint: 'docker compose does not support it either: take per_replica away, and the hook runs once',
    })
  }
  const runner = `${desired.project}-${name}-pre_start-${index}`
  await removeAtOnce(bench, runner, true, signal)
  const model = withHook(desired.model, name, hook)
  const creation = containerBody({
    model,
    service: name,
    number: 0,
    name: runner,
    image: imageReference(model, name),
    labels: hookLabels(desired, name, index),
    aliases: Object.fromEntries(networkKeys(model, hook as Service).map((key) => [key, [runner]])),
    resolve: () => undefined,
    linked: (service) => linkedNames(model, service),
    apiVersion: await bench.engine.apiVersion(signal),
    sharesFiles: bench.local,
    inherited: [],
    profiles: hook.security_opt ? seccompProfiles({ ...desired, model }) : {},
    proxies: await bench.proxies(),
    imageSource: (source) => source,
  })
  const host = { ...creation.body.HostConfig, VolumesFrom: [target.Id] }
  const id = await makeContainer(
    bench,
    runner,
    { ...creation, body: { ...creation.body, HostConfig: host } },
    desired,
    context,
  )
  await injectFiles(bench.engine, id, { ...desired, model }, name, bench.local, signal)
  await startContainer(bench.engine, id, signal)
  await untilEnded(bench, id, name, index, context)
  await removeAtOnce(bench, id, true, signal)
}

/** The model with the hook in the place of the service: what the hook does not say, it has from the service already. */
function withHook(model: Project, name: string, hook: PreStart): Project {
  const { per_replica: _, ...spec } = hook
  const image = hook.image ?? imageReference(model, name)
  return { ...model, services: { ...model.services, [name]: { ...spec, image } } }
}

async function untilEnded(
  bench: Workbench,
  id: string,
  service: string,
  index: number,
  context: StepContext,
): Promise<void> {
  while (true) {
    const { State } = await inspectContainer(bench.engine, id, context.signal)
    if (State.Status === 'exited' || State.Status === 'dead') {
      if (State.ExitCode === 0) return
      throw new EngineError(
        'hook-failed',
        `pre_start[${index}] of service ${service} exited with code ${State.ExitCode}`,
        {
          class: 'user',
          lines: await lastLines(bench.engine, id, context.signal),
          hint: `correct services.${service}.pre_start[${index}]`,
        },
      )
    }
    await sleep(POLL_MS, undefined, { signal: context.signal })
  }
}
