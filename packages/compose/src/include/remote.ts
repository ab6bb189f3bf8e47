import type { Path, Report } from '../diagnostics/report.ts'

const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i

/** Refuses a Compose file that would have to be fetched. */
export function refuseRemote(path: string, where: Path, report: Report): void {
  if (!REMOTE.test(path)) return
  const message = `${path} is a remote Compose file, and only local files are read`
  report.refuse('include/remote', where, message, 'Fetch it and name the local file')
}
