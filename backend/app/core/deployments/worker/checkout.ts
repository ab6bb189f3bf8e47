import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StackVersion } from '../../stacks/repository.ts'

/**
 * The files of a stack on the worker's disk, where configs, secrets and binds of its model point to. The folder's name is
 * the digest of what is in it, Compose files left out: a version that changes those alone keeps its paths, so that no
 * container is replaced for a path, and an older version's files are never changed under a running container.
 */
export function checkoutFolder(data: string, version: Pick<StackVersion, 'files' | 'entry'>): string {
  const content = mounted(version)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, content, encoding }) => [path, encoding, content])
  return join(data, 'checkouts', createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32))
}

/** Writes the files, whole or not at all. @returns their folder. */
export async function checkOut(data: string, version: Pick<StackVersion, 'files' | 'entry'>): Promise<string> {
  const folder = checkoutFolder(data, version)
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await mkdir(unfinished, { recursive: true, mode: 0o755 })
  try {
    for (const { path, content, encoding } of mounted(version)) {
      const file = join(unfinished, path)
      await mkdir(dirname(file), { recursive: true, mode: 0o755 })
      await writeFile(file, Buffer.from(content, encoding), { mode: 0o644 })
    }
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another operation was faster: the content is the same.
    if (!existsSync(folder)) throw error
  }
  return folder
}

function mounted({ files, entry }: Pick<StackVersion, 'files' | 'entry'>) {
  return files.filter(({ path }) => !entry.includes(path))
}
