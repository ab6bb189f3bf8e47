import type { Project, Service } from '@windflow/compose'
import { dependencyOrder, EngineError, imageReference, type Step } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { showDiagnostics } from '../diagnostics.ts'
import { desiredState } from '../project/desired.ts'
import { type LoadedProject, loadProject } from '../project/load.ts'
import { type ImageRun, runImageSteps } from './image-steps.ts'

const PULL_TIMEOUT_MS = 1_800_000
const BUILD_TIMEOUT_MS = 3_600_000

/** `windflow compose pull`. */
export async function pull(invocation: InvocationOf<'pull'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const loaded = loadProject(global, context, { enable: operands })
  showDiagnostics(loaded.warnings, context.streams)
  const { model } = loaded
  const names = withDependencies(model, operands, options['include-deps'] ?? false)
  const byReference = new Map<string, Step>()
  for (const name of names) {
    const service = model.services[name]
    if (!service?.image || service.provider || (service.build && options['ignore-buildable'])) continue
    const reference = imageReference(model, name)
    // What can be built need not be in a registry.
    const optional = service.build !== undefined || (options['ignore-pull-failures'] ?? false)
    byReference.set(reference, pullStep(reference, service, name, optional))
  }
  const run: ImageRun = {
    desired: desiredState(loaded, 0),
    steps: [...byReference.values()],
    ...(options.policy === 'missing' && { onlyMissing: true }),
    parallel: true,
    keepGoing: options['ignore-pull-failures'] ?? false,
    words: { done: 'pulled', nothing: 'no image to pull' },
  }
  return runImageSteps(run, context, {
    global,
    json: options.format === 'json',
    quiet: options.quiet ?? false,
    dryRun: isDry(invocation),
  })
}

/** `windflow compose build`: in the order of `depends_on`, so that one may build on another. */
export async function build(invocation: InvocationOf<'build'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const loaded = withBuildOptions(loadProject(global, context, { enable: operands }), options)
  showDiagnostics(loaded.warnings, context.streams)
  const { model } = loaded
  const names = withDependencies(model, operands, options['with-dependencies'] ?? false)
  const steps = dependencyOrder(model)
    .filter((name) => names.includes(name) && model.services[name]?.build !== undefined)
    .map((service): Step => {
      const reference = imageReference(model, service)
      const parameters = { service, reference, pull: options.pull ?? false, ifMissing: false }
      return imageStep('build', reference, BUILD_TIMEOUT_MS, parameters)
    })
  const run: ImageRun = {
    desired: desiredState(loaded, 0),
    steps,
    parallel: false,
    keepGoing: false,
    words: { done: 'built', nothing: 'no service has a build section' },
  }
  return runImageSteps(run, context, {
    global,
    json: options.format === 'json',
    quiet: options.quiet ?? false,
    dryRun: isDry(invocation),
  })
}

function isDry({ options, global }: InvocationOf<'pull'> | InvocationOf<'build'>): boolean {
  return (options['dry-run'] ?? global['dry-run']) === true
}

function withDependencies(model: Project, names: readonly string[], include: boolean): readonly string[] {
  if (names.length === 0) return Object.keys(model.services)
  const wanted = new Set(names)
  if (include) {
    for (const name of dependencyOrder(model).toReversed()) {
      if (wanted.has(name)) for (const needed of Object.keys(model.services[name]?.depends_on ?? {})) wanted.add(needed)
    }
  }
  return [...wanted]
}

function pullStep(reference: string, { platform }: Service, name: string, optional: boolean): Step {
  const parameters = { reference, ...(platform && { platform }), services: [name], optional }
  return imageStep('pull', reference, PULL_TIMEOUT_MS, parameters)
}

function imageStep(action: string, reference: string, timeoutMs: number, parameters: Step['parameters']): Step {
  const resource = { kind: 'image', name: reference } as const
  return {
    id: `${action}/image/${reference}`,
    phase: 'prepare',
    action,
    resource,
    after: [],
    timeoutMs,
    writes: true,
    parameters,
  }
}

function withBuildOptions(loaded: LoadedProject, options: InvocationOf<'build'>['options']): LoadedProject {
  const given = Object.fromEntries((options['build-arg'] ?? []).map((word) => argument(word, loaded.variables)))
  const services = Object.fromEntries(
    Object.entries(loaded.model.services).map(([name, service]): [string, Service] => {
      if (!service.build) return [name, service]
      const changed = {
        ...service.build,
        ...(options['build-arg'] && { args: { ...service.build.args, ...given } }),
        ...(options['no-cache'] && { no_cache: true }),
        ...(options.ssh !== undefined && { ssh: sshKeys(options.ssh) }),
      }
      return [name, { ...service, build: changed }]
    }),
  )
  return { ...loaded, model: { ...loaded.model, services } }
}

function argument(word: string, variables: LoadedProject['variables']): readonly [string, string | null] {
  const equals = word.indexOf('=')
  if (equals === 0) throw new UsageError('cli/usage', `--build-arg ${word} has no name`, 'write NAME=VALUE')
  return equals < 0 ? [word, variables[word] ?? null] : [word.slice(0, equals), word.slice(equals + 1)]
}

function sshKeys(words: string): string[] {
  const keys = words.split(',').filter((word) => word !== '')
  if (keys.length === 0)
    throw new EngineError('cli/usage', '--ssh names no key', { class: 'user', hint: 'write --ssh default' })
  return keys
}
