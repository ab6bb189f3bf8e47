import { readFile } from 'node:fs/promises'
import type { FileReference, Project, Service } from '@windflow/compose'
import { type Desired, EngineError } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { putArchive } from '../api/containers.ts'
import { configTarget, type FileKind, fileObject, secretTarget } from './references.ts'
import { singleFileTar } from './tar.ts'

interface InjectedFile {
  readonly kind: FileKind
  readonly reference: FileReference
  readonly target: string
}

/** Configs and secrets of a service that are copied into its container, because no bind mount can bring them. */
export function injectedFiles(model: Project, service: Service, sharesFiles: boolean): InjectedFile[] {
  const wanted: InjectedFile[] = [
    ...(service.secrets ?? []).map(
      (reference): InjectedFile => ({ kind: 'secret', reference, target: secretTarget(reference) }),
    ),
    ...(service.configs ?? []).map(
      (reference): InjectedFile => ({ kind: 'config', reference, target: configTarget(reference) }),
    ),
  ]
  return wanted.filter(({ kind, reference }) => {
    const object = fileObject(model, kind, reference)
    return object.file === undefined || !sharesFiles
  })
}

/**
 * Copies the files into a container that does not run yet, with owner and mode as the service asks.
 * @throws EngineError when a value is missing or the container cannot be written to
 */
export async function injectFiles(
  engine: EngineClient,
  container: string,
  desired: Desired,
  name: string,
  sharesFiles: boolean,
  signal: AbortSignal,
): Promise<void> {
  const service = desired.model.services[name]
  if (!service) return
  for (const file of injectedFiles(desired.model, service, sharesFiles)) {
    const content = await contentOf(desired, file)
    if (content.length === 0) continue
    if (service.read_only) {
      throw new EngineError(
        'read-only-service',
        `${file.kind} "${file.reference.source}" cannot be copied into service ${name}, whose file system is read-only`,
        {
          class: 'user',
          hint: sharesFiles
            ? `give the ${file.kind} a file: that is mounted`
            : 'the engine is on another machine, so the file has to be copied: mount a volume that holds it instead',
        },
      )
    }
    const { uid, gid, mode } = file.reference
    const tar = singleFileTar(file.target, content, {
      uid: Number(uid ?? 0),
      gid: Number(gid ?? 0),
      mode: mode === undefined ? 0o444 : Number.parseInt(mode, 8),
    })
    await putArchive(engine, container, '/', tar, { copyUidGid: uid !== undefined || gid !== undefined }, signal)
  }
}

/** Never part of an error or message: it may be a secret. */
async function contentOf(desired: Desired, { kind, reference }: InjectedFile): Promise<Uint8Array> {
  const object = fileObject(desired.model, kind, reference)
  if (object.content !== undefined) return Buffer.from(object.content)
  if (object.environment !== undefined) {
    const value = desired.environment?.[object.environment]
    if (value !== undefined) return Buffer.from(value)
    throw new EngineError(
      `${kind}-missing`,
      `${kind} "${reference.source}" takes its value from the variable ${object.environment}, which is not set`,
      { class: 'user', hint: `set ${object.environment} in the environment or the .env file` },
    )
  }
  const path = object.file ?? ''
  try {
    return await readFile(path)
  } catch (cause) {
    throw new EngineError(`${kind}-missing`, `the file of ${kind} "${reference.source}" cannot be read: ${path}`, {
      class: 'user',
      hint: 'create it, or correct its path',
      cause,
    })
  }
}
