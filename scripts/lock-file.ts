/** The part of package-lock.json that is read here. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly resolved?: string
}

/** An optional dependency that a package of the lock file names and the lock file has no entry for. */
export interface MissingOptional {
  /** Key of the package in the lock file. */
  readonly from: string
  readonly name: string
}

/**
 * Optional dependencies without an entry: programs for other platforms that the registry did not have when the lock file
 * was written. `npm ci` refuses a lock file with one (npm 11): a version that is there for all platforms has to be pinned.
 */
export function missingOptionals(lock: LockFile): MissingOptional[] {
  return Object.entries(lock.packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => !isLocked(lock, from, name, version))
      .map(([name]) => ({ from, name })),
  )
}

/** Node looks for a package in the folder of the one that asks, then in each folder above it; the first found counts. */
function isLocked(lock: LockFile, from: string, name: string, version: string): boolean {
  for (let folder = from; ; ) {
    const found = lock.packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]
    if (found) return !/^\d/.test(version) || found.version === version
    if (folder === '') return false
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : ''
  }
}
