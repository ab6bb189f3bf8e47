import type { DockerObserved } from '@windflow/docker'
import { type Desired, type Driver, EngineError, imageReference } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { nameReleasedProject } from '../project/name.ts'
import { writtenSince } from '../releases/mounted-files.ts'
import { type Release, rollbackTarget } from '../releases/release.ts'
import { desiredOf } from '../releases/running.ts'
import { ReleaseStore } from '../releases/store.ts'
import { deployRelease } from './deploy-release.ts'
import { type Interrupted, onInterrupt } from './interrupt.ts'
import { exitCodeOf, showOutcome } from './outcome.ts'
import { errorStyle } from './progress.ts'
import { openTarget } from './target.ts'

/** `windflow compose rollback`: deploys a stored release exactly, with its own values and its own images. */
export async function rollback(invocation: InvocationOf<'rollback'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const { folder, name } = nameReleasedProject(global, context)
  const store = new ReleaseStore({ folder, project: name, env: context.env })
  const release = chosen(store, operands[0], name, folder)
  const stored = desiredOf(store.read(release.number), release.number)
  for (const file of writtenSince(stored.model, Date.parse(release.createdAt))) {
    context.streams.err(`warning: ${file} was written after release ${release.number}: it is mounted as it is now\n`)
  }
  const interruption = onInterrupt(context.streams, {
    first: 'interrupted: leaving everything in order (Ctrl-C once more to leave at once)',
    second: 'left at once, half done: `windflow compose up` or `windflow compose rollback` puts it in order',
  })
  const driver = await openTarget(context)
  try {
    const desired = await withImagesOf(release, stored, driver, interruption.signal)
    const timeout = options.timeout
    const result = await deployRelease({
      command: 'rollback',
      context,
      global,
      driver,
      desired,
      options: {
        // The images of the release, never newer ones of the same name.
        pull: 'missing',
        build: false,
        ...(release.services && { services: release.services }),
        ...(options['no-gate'] && { gate: false }),
        ...(options['wait-timeout'] !== undefined && { gateTimeoutMs: options['wait-timeout'] * 1000 }),
        ...(timeout !== undefined && { stopTimeoutSeconds: timeout }),
      },
      signal: interruption.signal,
      json: options.format === 'json',
      yes: options.yes ?? false,
      rollback: true,
      onFirstWrite: () => store.settleInterrupted(),
    })
    if (exitCodeOf(result.outcome) === 0) store.makeCurrent(release.number)
    const code = showOutcome(result, context, {
      json: options.format === 'json',
      style: errorStyle(context, global),
      words: {
        succeeded: `release ${release.number} of ${name} is running again`,
        unchanged: `${name}: release ${release.number} is what runs, nothing to change`,
      },
      extra: { release: release.number },
    })
    return interruption.signal.aborted ? (interruption.signal.reason as Interrupted).exitCode : code
  } finally {
    interruption.dispose()
    await driver.close()
  }
}

function chosen(store: ReleaseStore, operand: string | undefined, project: string, folder: string): Release {
  const { releases } = store.list()
  if (operand !== undefined) {
    if (!/^[1-9]\d*$/.test(operand)) throw new UsageError('cli/usage', `"${operand}" is no release`, 'give its number')
    const found = releases.find((release) => release.number === Number(operand))
    // `read` says why there is none.
    if (!found) store.read(Number(operand))
    if (found) return found
  }
  const target = rollbackTarget(releases, store.current())
  if (target) return target
  throw new EngineError(
    'releases/none-before',
    `project "${project}" has no earlier release to go back to in ${folder}`,
    {
      class: 'user',
      hint:
        releases.length === 0
          ? 'releases are made by `windflow compose up`, in the project folder, where it can be written to'
          : '`windflow compose releases` lists what there is; a number can be given',
    },
  )
}

/**
 * The release with its own images in it. A tag may mean another image by now: then the image is named by its id, or by
 * its digest when it has to be fetched again.
 * @throws EngineError `releases/image-gone`
 */
async function withImagesOf(
  release: Release,
  stored: Desired,
  driver: Driver<DockerObserved>,
  signal: AbortSignal,
): Promise<Desired> {
  const pinned = Object.entries(release.images).filter(
    ([name, { id }]) => id !== undefined && stored.model.services[name],
  )
  const byId = { ...stored, model: withImages(stored, new Map(pinned.map(([name, { id = '' }]) => [name, id]))) }
  const [now, local] = await Promise.all([driver.observe(stored, signal), driver.observe(byId, signal)])
  const images = new Map<string, string>()
  for (const [name, { id = '', digest, reference }] of pinned) {
    if (now.images[imageReference(stored.model, name)]?.id === id) continue
    if (local.images[id]) images.set(name, id)
    else if (digest !== undefined) images.set(name, digest)
    else {
      throw new EngineError(
        'releases/image-gone',
        `the image of service "${name}" in release ${release.number} (${reference}, ${id.slice(0, 19)}) is no longer on the engine, and it came from no registry`,
        {
          class: 'user',
          hint: 'build it again from the sources of that time and deploy it with `up`, or choose another release',
        },
      )
    }
  }
  return images.size === 0 ? stored : { ...stored, model: withImages(stored, images) }
}

function withImages({ model }: Desired, images: ReadonlyMap<string, string>): Desired['model'] {
  const services = { ...model.services }
  for (const [name, image] of images) {
    const service = services[name]
    if (service) services[name] = { ...service, image }
  }
  return { ...model, services }
}
