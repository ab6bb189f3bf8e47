import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cliReference, DOCUMENT } from './cli-reference.ts'
import { betweenMarkers } from './markers.ts'

it('is in the document as the command line is now (npm run docs writes it)', () => {
  const document = readFileSync(DOCUMENT, 'utf8')
  expect(document).toBe(betweenMarkers(document, 'reference', cliReference()))
})
