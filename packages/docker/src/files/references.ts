import type { FileObject, FileReference, Project } from '@windflow/compose'
import { EngineError } from '@windflow/engine'

export type FileKind = 'config' | 'secret'

/** The top-level config or secret that a service refers to. Refuses what only Swarm can do, as Compose does. */
export function fileObject(model: Project, kind: FileKind, reference: FileReference): FileObject {
  const source = reference.source ?? ''
  const object = (kind === 'config' ? model.configs : model.secrets)?.[source]
  if (!object) throw new EngineError(`unknown-${kind}`, `${kind} "${source}" is not defined`, { class: 'user' })
  if (object.external) {
    throw new EngineError(`external-${kind}`, `${kind} "${source}" is external, and this engine keeps no ${kind}s`, {
      class: 'user',
      hint: `give it a file, ${kind === 'config' ? 'content' : 'environment'} or an environment variable; external ones need a Swarm`,
    })
  }
  const driver = object.driver !== undefined ? 'driver' : object.template_driver !== undefined ? 'template_driver' : ''
  if (driver !== '') {
    throw new EngineError(`${kind}-driver`, `${kind}s.${source}.${driver} needs a Swarm`, {
      class: 'user',
      hint: `remove ${driver}, and give the ${kind} a file`,
    })
  }
  return object
}

/** Where a secret appears: below /run/secrets unless its target is absolute. */
export function secretTarget(reference: FileReference): string {
  const target = reference.target || reference.source || ''
  return isAbsolute(target) ? target : `/run/secrets/${target}`
}

/** Where a config appears: below the root unless its target is absolute. */
export function configTarget(reference: FileReference): string {
  const target = reference.target || reference.source || ''
  return isAbsolute(target) ? target : `/${target}`
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\')
}
