/** Absolute POSIX path without `.`, `..` and doubled slashes; undefined for anything else (a Windows path). */
export function normalisePath(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Whether the path is one of the folders or below one. Links are the business of whoever opens it. */
export function isInside(path: string, folders: readonly string[]): boolean {
  const normal = normalisePath(path)
  if (normal === undefined) return false
  return folders.some((folder) => {
    const root = normalisePath(folder)
    return root !== undefined && (root === '/' || normal === root || normal.startsWith(`${root}/`))
  })
}
