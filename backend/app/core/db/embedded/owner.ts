import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { BootError } from '../../kernel/errors.ts'

/** Identifies a process beyond its number, which the system uses again. Empty where the system does not tell. */
export function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return undefined
  }
  try {
    // proc(5): field 22, counted after the command, which may hold spaces and brackets itself.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return process.platform === 'linux' ? undefined : ''
  }
}

/** The live process that has the data folder, if any. */
export function folderOwner(data: string): number | undefined {
  try {
    const [pid, start] = readFileSync(join(data, 'windflow.pid'), 'utf8').split('\n')
    if (pid === undefined || !/^\d+$/.test(pid)) return undefined
    return processStart(Number(pid)) === start ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

/**
 * Takes the data folder for this process; a file left by a dead one is replaced.
 * @returns what gives it back.
 * @throws BootError when a live process has it.
 */
export function takeFolder(data: string): () => void {
  const file = join(data, 'windflow.pid')
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o644)
      writeSync(handle, `${process.pid}\n${processStart(process.pid) ?? ''}\n`)
      closeSync(handle)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const owner = folderOwner(data)
      if (owner !== undefined) {
        throw new BootError('The data folder is in use:', [
          `${data} belongs to the running WindFlow with process id ${owner}: stop it, or give this one another WINDFLOW_DATA`,
        ])
      }
      rmSync(file, { force: true })
    }
  }
  throw new BootError('The data folder is in use:', [`${data}: another WindFlow is starting at this moment`])
}
