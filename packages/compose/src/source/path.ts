/**
 * POSIX path functions as Go's `path/filepath` has them on Linux. The package runs in the browser, where `node:path` is
 * not, and Compose gives the same paths wherever it runs.
 */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/')
}

/** The shortest equal path: no `//`, `.`, or inner `..`; the empty path is `.`. */
export function clean(path: string): string {
  if (path === '') return '.'
  const rooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop()
    else if (!rooted) parts.push('..')
  }
  const joined = parts.join('/')
  return rooted ? `/${joined}` : joined || '.'
}

/** The parts joined and cleaned; empty parts are left out, nothing at all is the empty path. */
export function join(...parts: readonly string[]): string {
  const given = parts.filter((part) => part !== '')
  return given.length === 0 ? '' : clean(given.join('/'))
}

export function dirname(path: string): string {
  const end = path.lastIndexOf('/')
  return clean(path.slice(0, end + 1))
}

export function basename(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '') return path === '' ? '.' : '/'
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** `path` seen from `base`; both absolute or both relative and clean. */
export function relative(base: string, path: string): string {
  const parts = (given: string) =>
    clean(given)
      .split('/')
      .filter((part) => part !== '' && part !== '.')
  const from = parts(base)
  const to = parts(path)
  let same = 0
  while (same < from.length && same < to.length && from[same] === to[same]) same++
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/') || '.'
}

/** `path` is `root` or below it. */
export function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`)
}

/** An absolute path on Windows: `C:\x`, `C:/x`, `\\host\share`. */
export function isWindowsAbsolute(path: string): boolean {
  if (/^.:[\\/]/s.test(path)) return true
  return /^[\\/]{2}/.test(path)
}
