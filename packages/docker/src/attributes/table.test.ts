import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { attributePaths } from './schema-paths.ts'
import { supportPage } from './support-page.ts'
import { attributeTable, serviceFields } from './table.ts'

const root = new URL('../../../../', import.meta.url)
const official = new URL('packages/compose/src/schema/official/compose-spec.json', root)

/** What Docker Compose 5.6 knows beyond the official schema, or what a single value of an attribute does. */
const BEYOND_THE_SCHEMA = [
  'services.*.build.no_cache_filter',
  'services.*.pre_start',
  'services.*.pre_start[].per_replica',
  'services.*.security_opt.systempaths',
]

describe('the table of attributes', () => {
  const table = attributeTable()
  const paths = table.map(({ path }) => path)

  test('has every attribute of the official schema', () => {
    const specified = attributePaths(JSON.parse(readFileSync(official, 'utf8')))
    expect(specified.length).toBeGreaterThan(300)
    expect(specified.filter((path) => !paths.includes(path))).toEqual([])
  })

  test('has nothing else', () => {
    const specified = new Set([...attributePaths(JSON.parse(readFileSync(official, 'utf8'))), ...BEYOND_THE_SCHEMA])
    expect(paths.filter((path) => !specified.has(path))).toEqual([])
  })

  test('has each attribute once', () => {
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
  })

  test('says where an applied attribute shows, and why another one does not', () => {
    expect(table.filter(({ where }) => where.trim() === '')).toEqual([])
  })

  test('names each field of the creation body once', () => {
    const names = serviceFields.map(({ attribute }) => attribute)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('is what doc/COMPOSE-SUPPORT.md shows', () => {
    expect(readFileSync(new URL('doc/COMPOSE-SUPPORT.md', root), 'utf8')).toBe(supportPage(table))
  })
})
