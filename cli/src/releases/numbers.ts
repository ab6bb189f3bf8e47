import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Projects that have releases in a folder. */
export function releasedProjects(folder: string): string[] {
  try {
    return readdirSync(join(folder, '.windflow', 'releases'))
  } catch {
    return []
  }
}

/** Where a project's releases are, in its folder. */
export function releasesFolder(folder: string, project: string): string {
  return join(folder, '.windflow', 'releases', project)
}

/** Numbers that were given, lowest first; none when there is no folder. Apart from the store, for commands that only need
 * the next one. */
export function releaseNumbers(folder: string): number[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

/** The number the next release gets, unless another process is faster. */
export function nextReleaseNumber(folder: string): number {
  return (releaseNumbers(folder).at(-1) ?? 0) + 1
}

/** Whether the latest release is not written down as ended: its command still runs, or was killed. */
export function isLatestOpen(folder: string): boolean {
  const latest = releaseNumbers(folder).at(-1)
  if (latest === undefined) return false
  try {
    return /"status": *"applying"/.test(readFileSync(join(folder, String(latest), 'release.json'), 'utf8'))
  } catch {
    return false
  }
}
