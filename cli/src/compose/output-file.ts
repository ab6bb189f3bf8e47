import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EngineError } from '@windflow/engine/errors'

/** @throws EngineError `cli/output-file` when it cannot be written */
export function writeOutput(path: string, text: string, cwd: string): void {
  const file = resolve(cwd, path)
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new EngineError(
      'cli/output-file',
      `${file} cannot be written: ${error instanceof Error ? error.message : error}`,
      {
        class: 'user',
        hint: 'choose another file with -o',
        cause: error,
      },
    )
  }
}
