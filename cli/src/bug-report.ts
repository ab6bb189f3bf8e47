import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'

export interface BugReport {
  /** For talking about it. */
  readonly id: string
  /** Where the report is; undefined when no folder could be written to. */
  readonly path: string | undefined
}

/**
 * Writes all that is known of an unforeseen error to a file only its owner can read, in the user's state folder
 * (XDG Base Directory Specification) or else the temporary one. Values given on the command line are left out.
 */
export function writeBugReport(
  error: unknown,
  from: { readonly argv: readonly string[]; readonly version: string },
): BugReport {
  const time = new Date()
  const id = `${time.getTime().toString(36)}-${Math.random().toString(36).slice(2, 6)}`
  const words = from.argv.map((word) =>
    word.startsWith('-') ? word.replace(/=.*/s, '=…') : /^[a-z]+$/.test(word) ? word : '…',
  )
  const report = [
    `id: ${id}`,
    `time: ${time.toISOString()}`,
    `windflow: ${from.version}`,
    `node: ${process.version} ${process.platform} ${process.arch}`,
    `command: windflow ${words.join(' ')}`,
    '',
    inspect(error, { depth: 4 }),
    '',
  ].join('\n')
  for (const folder of [
    join(stateFolder(), 'windflow', 'errors'),
    join(tmpdir(), `windflow-errors-${process.getuid?.() ?? 0}`),
  ]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, `${id}.txt`)
      writeFileSync(path, report, { mode: 0o600, flag: 'wx' })
      return { id, path }
    } catch {
      // The next folder may do.
    }
  }
  return { id, path: undefined }
}

function stateFolder(): string {
  return process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state')
}
