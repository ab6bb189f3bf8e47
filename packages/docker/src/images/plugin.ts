import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerConfigFolder } from './credentials.ts'

/** Where the docker CLI looks for its plugins after the user's own folder. */
const SYSTEM_FOLDERS = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
]

/** Path of a plugin of the docker CLI; undefined when it is not installed. */
export async function findPlugin(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  systemFolders: readonly string[] = SYSTEM_FOLDERS,
): Promise<string | undefined> {
  for (const folder of [join(dockerConfigFolder(env), 'cli-plugins'), ...systemFolders]) {
    const path = join(folder, `docker-${name}`)
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return path
  }
  return undefined
}
