import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { printRules } from './print-rules.ts'

it('has its rules written from the present schema (node packages/compose/scripts/write-rules.ts)', () => {
  expect(readFileSync(new URL('./rules.generated.ts', import.meta.url), 'utf8')).toBe(printRules())
})
