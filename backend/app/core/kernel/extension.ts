import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { TSchema } from 'typebox'
import type { Disposal } from './disposal.ts'
import { BootError } from './errors.ts'
import type { Logger } from './log.ts'
import type { PointName, Points, PointTypes } from './points.ts'
import type { Services, ServiceToken } from './service.ts'

interface Localized {
  readonly en: string
  readonly fr: string
}

/** What an extension is, as pure data: shown, checked and costed without loading any of its code. */
export interface Manifest {
  readonly id: string
  readonly title: Localized
  readonly description: Localized
  readonly activation: 'compose' | 'cluster' | 'config'
  /** Names of its services in docker-compose.extensions.yml, with the ports they listen on. */
  readonly services: readonly { readonly name: string; readonly ports: readonly number[] }[]
  readonly cost: { readonly memoryMb: number; readonly cpu: number; readonly diskMb: number }
  /** Ids of extensions that must be on, and that must not be. */
  readonly requires: readonly string[]
  readonly conflicts: readonly string[]
  readonly settings?: TSchema
  /** Permissions it adds, with the lowest role that has each. */
  readonly permissions: Readonly<Record<string, 'viewer' | 'operator' | 'admin' | 'owner'>>
}

/** What an extension gets while it registers. Nothing of the core is reachable but through here. */
export interface ExtensionContext {
  readonly log: Logger
  readonly settings: Readonly<Record<string, unknown>>
  service<T>(token: ServiceToken<T>): T
  register<P extends PointName>(point: P, id: string, value: PointTypes[P]): Disposal
  /** Shows the extension as degraded with this reason, or as well again when `undefined`. The core never waits for it. */
  degraded(reason: string | undefined): void
  onStop(stop: Disposal): void
}

export interface Extension {
  readonly manifest: Manifest
  register(context: ExtensionContext): void | Promise<void>
}

export function defineExtension(extension: Extension): Extension {
  return extension
}

export type ExtensionState =
  | { readonly state: 'off' }
  | { readonly state: 'on' }
  | { readonly state: 'degraded'; readonly reason: string }

export interface LoadedExtension {
  readonly manifest: Manifest
  state: ExtensionState
}

export interface LoaderOptions {
  /** Holds one folder per extension, each with `manifest.ts` and `plugin.ts`. */
  readonly folder: string
  readonly enabled: readonly string[]
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly points: Points
  readonly services: Services
  readonly log: Logger
}

/** Extensions in the folder by name, without importing anything. */
export function knownExtensions(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'manifest.ts')))
    .map((entry) => entry.name)
    .sort()
}

/**
 * Imports and registers the enabled extensions, and nothing of the others.
 * @throws BootError naming every unknown, unmet or conflicting extension at once.
 */
export async function loadExtensions(
  options: LoaderOptions,
): Promise<{ readonly extensions: readonly LoadedExtension[]; readonly dispose: () => Promise<void> }> {
  const { folder, enabled, points, services, log } = options
  const known = knownExtensions(folder)
  const problems: string[] = []
  for (const id of enabled) {
    if (!known.includes(id)) {
      problems.push(
        `extension "${id}" is unknown: ${known.length === 0 ? 'none is installed' : `known are ${known.join(', ')}`}`,
      )
    }
  }
  if (problems.length > 0) throw new BootError('WINDFLOW_EXTENSIONS is not usable:', problems)
  const plugins: Extension[] = []
  for (const id of enabled) plugins.push(await importExtension(folder, id))
  for (const { manifest } of plugins) {
    for (const needed of manifest.requires) {
      if (!enabled.includes(needed)) problems.push(`extension "${manifest.id}" requires "${needed}"`)
    }
    for (const other of manifest.conflicts) {
      if (enabled.includes(other)) problems.push(`extension "${manifest.id}" does not work together with "${other}"`)
    }
  }
  if (problems.length > 0) throw new BootError('WINDFLOW_EXTENSIONS is not usable:', problems)
  const extensions: LoadedExtension[] = []
  const disposals: Disposal[] = []
  for (const plugin of plugins) {
    const loaded: LoadedExtension = { manifest: plugin.manifest, state: { state: 'on' } }
    await plugin.register({
      log: log.child({ extension: plugin.manifest.id }),
      settings: options.settings[plugin.manifest.id] ?? {},
      service: (token) => services.get(token),
      register: (point, id, value) => {
        const dispose = points.register(point, id, value, plugin.manifest.id)
        disposals.push(dispose)
        return dispose
      },
      degraded: (reason) => {
        loaded.state = reason === undefined ? { state: 'on' } : { state: 'degraded', reason }
      },
      onStop: (stop) => {
        disposals.push(stop)
      },
    })
    extensions.push(loaded)
  }
  return {
    extensions,
    dispose: async () => {
      for (const dispose of disposals.toReversed()) await dispose()
    },
  }
}

async function importExtension(folder: string, id: string): Promise<Extension> {
  const module: unknown = await import(pathToFileURL(join(folder, id, 'plugin.ts')).href)
  const extension = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (!isExtension(extension) || extension.manifest.id !== id) {
    throw new BootError('Boot stopped:', [
      `extension "${id}": plugin.ts must export default defineExtension(...) for that id`,
    ])
  }
  return extension
}

function isExtension(value: unknown): value is Extension {
  return (
    typeof value === 'object' &&
    value !== null &&
    'manifest' in value &&
    'register' in value &&
    typeof value.register === 'function'
  )
}
