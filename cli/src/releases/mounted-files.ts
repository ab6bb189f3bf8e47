import { statSync } from 'node:fs'
import type { Project } from '@windflow/compose'

/**
 * Configs and secrets whose file was written after a moment (milliseconds of the clock). Such a file is mounted where it
 * lies, as Docker Compose does, so a container of an older release sees what it says now.
 */
export function writtenSince(model: Project, since: number): string[] {
  const found: string[] = []
  for (const kind of ['configs', 'secrets'] as const) {
    const used = new Set(Object.values(model.services).flatMap((service) => (service[kind] ?? []).map(sourceOf)))
    for (const [name, { file }] of Object.entries(model[kind] ?? {})) {
      if (file === undefined || !used.has(name)) continue
      const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs
      if (written !== undefined && written > since) found.push(`${kind.slice(0, -1)} ${name} (${file})`)
    }
  }
  return found
}

function sourceOf(reference: string | { readonly source?: string }): string | undefined {
  return typeof reference === 'string' ? reference : reference.source
}
