/** Writes the rules that `validate` reads. Run it after a change in src/schema: `node packages/compose/scripts/write-rules.ts`. */
import { writeFile } from 'node:fs/promises'
import { printRules } from '../src/schema/print-rules.ts'

await writeFile(new URL('../src/schema/rules.generated.ts', import.meta.url), printRules())
