import { expect, it } from 'vitest'
import { betweenMarkers } from './markers.ts'

it('replaces what stands between two markers, however often', () => {
  const document = 'before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n'
  const once = betweenMarkers(document, 'bench', 'new\n')
  expect(once).toBe('before\n<!-- bench: begin -->\nnew\n<!-- bench: end -->\nafter\n')
  expect(betweenMarkers(once, 'bench', 'new\n')).toBe(once)
})

it('refuses a document without the markers rather than lose the text', () => {
  expect(() => betweenMarkers('<!-- other: begin -->', 'bench', 'new')).toThrow('bench: begin')
})
