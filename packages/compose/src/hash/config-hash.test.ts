import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { networkHash, serviceHash, serviceText, volumeHash } from './config-hash.ts'

type Recorded = { name: string; ok: boolean; model: unknown; hash: Record<string, string> | null }

/** What Docker Compose 5.6.0 answered (scripts/record-cases.ts); its output writes `$` twice. */
const recorded: Recorded[] = readFileSync(new URL('../../test/cases-model.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line.replaceAll('$$', '$')))

const cases = recorded.flatMap(({ name, ok, model, hash }) => (ok && hash !== null ? [{ name, model, hash }] : []))

describe('serviceHash', () => {
  it.each(cases)('is that of Docker Compose for every service of $name', ({ model, hash }) => {
    const { services } = model as { services: Record<string, Parameters<typeof serviceHash>[0]> }
    const ours = Object.fromEntries(Object.entries(services).map(([key, service]) => [key, serviceHash(service)]))
    expect(ours).toEqual(hash)
  })
})
