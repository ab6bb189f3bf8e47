import { type Project, serviceHash, toJson, toYaml, withDefaultPlatform } from '@windflow/compose'
import type { InvocationOf } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { showDiagnostics } from '../diagnostics.ts'
import { type LoadChoices, type LoadedProject, loadProject, rejectUnknown } from '../project/load.ts'
import { writeOutput } from './output-file.ts'

/** `windflow compose config`: what `docker compose config` prints for the same files. */
export async function config(invocation: InvocationOf<'config'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const { streams } = context
  const choices: LoadChoices = listsOnly(options)
    ? { resolveEnvironment: false }
    : {
        ...(operands.length > 0 && { services: operands }),
        ...(options['no-env-resolution'] && { resolveEnvironment: false }),
      }
  const loaded = loadProject(global, context, choices)
  showDiagnostics(loaded.warnings, streams)
  const text = output(loaded, options)
  if (options.quiet || text === '') return 0
  if (options.output === undefined) streams.out(text)
  else writeOutput(options.output, text, context.cwd)
  return 0
}

type ConfigOptions = InvocationOf<'config'>['options']

/** Their output is the same whatever the env files of services say, so these are not read. */
function listsOnly(options: ConfigOptions): boolean {
  return Boolean(options.services || options.volumes || options.networks || options.models)
}

/** In the order in which docker compose lets one choice win over the others. */
function output(loaded: LoadedProject, options: ConfigOptions): string {
  const { model } = loaded
  if (options.services) return lines(inDependencyOrder(model))
  if (options.volumes) return lines(Object.keys(model.volumes ?? {}))
  if (options.networks) return lines(Object.keys(model.networks ?? {}))
  if (options.models) return lines(Object.values(model.models ?? {}).flatMap(({ model: name }) => name ?? []))
  if (options.hash) return hashes(loaded, options.hash)
  if (options.profiles) return lines(profiles(loaded))
  if (options.images) return lines(images(loaded))
  if (options.environment) return lines(environment(loaded))
  if (options.quiet) return ''
  return options.format === 'json' ? toJson(model) : toYaml(model)
}

/** Each service after those it depends on, and by name where that leaves a choice. */
function inDependencyOrder({ services }: Project): string[] {
  const ordered = new Set<string>()
  const visit = (name: string): void => {
    if (ordered.has(name) || !Object.hasOwn(services, name)) return
    for (const needed of Object.keys(services[name]?.depends_on ?? {}).sort()) visit(needed)
    ordered.add(name)
  }
  for (const name of Object.keys(services).sort()) visit(name)
  return [...ordered]
}

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('')
}

function hashes({ model, variables }: LoadedProject, wanted: string): string {
  const names = wanted === '*' ? Object.keys(model.services) : wanted.split(',')
  rejectUnknown(names, model)
  const hash = (name: string) => {
    const service = model.services[name]
    return service ? serviceHash(withDefaultPlatform(service, variables.DOCKER_DEFAULT_PLATFORM)) : ''
  }
  return lines(names.sort().map((name) => `${name} ${hash(name)}`))
}

function profiles({ model, disabled }: LoadedProject): string[] {
  const services = [...Object.values(model.services), ...Object.values(disabled)]
  return [...new Set(services.flatMap((service) => service.profiles ?? []))].sort()
}

function images({ model }: LoadedProject): string[] {
  return Object.entries(model.services).flatMap(([name, service]) => {
    const mounted = (service.volumes ?? []).filter((mount) => mount.type === 'image').map((mount) => mount.source)
    const hooks = (service.pre_start ?? []).map((hook) => hook.image)
    const own = service.image ?? `${model.name}-${name}`
    return [own, ...[...mounted, ...hooks].filter((image) => image !== undefined)]
  })
}

function environment({ variables }: LoadedProject): string[] {
  return Object.entries(variables)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`))
    .sort()
}
