import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { createLogger } from '../kernel/log.ts'
import { Database, translateDatabaseError } from './database.ts'
import { newId } from './id.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { systemScope } from './scope.ts'

describe('migrations', () => {
  it('are applied once when ten processes start at the same time', async () => {
    await using test = await testDatabase({ template: false })
    const databases = Array.from({ length: 10 }, () => new Database(test.url, 2, createLogger('silent')))
    try {
      await Promise.all(databases.map((database) => migrate(database.pool, MIGRATIONS)))
    } finally {
      await Promise.all(databases.map((database) => database.close()))
    }
    const { rows } = await test.database.pool.query('select number from schema_migration order by number')
    expect(rows).toEqual(MIGRATIONS.map(({ number }) => ({ number })))
  })

  it('leave nothing of a migration that fails', async () => {
    await using test = await testDatabase()
    const broken = { number: MIGRATIONS.length + 1, name: 'broken', sql: 'create table half (a int); select 1/0' }
    await expect(migrate(test.database.pool, [...MIGRATIONS, broken])).rejects.toThrow(/division by zero/)
    const { rows } = await test.database.pool.query("select to_regclass('half') as half")
    expect(rows).toEqual([{ half: null }])
  })

  it('refuse a database that a newer version has written', async () => {
    await using test = await testDatabase()
    await expect(migrate(test.database.pool, MIGRATIONS.slice(0, -1))).rejects.toThrow(/newer than this program/)
  })
})

describe('a transaction', () => {
  it('numbers the events of an organization without gaps and in the order of their commits', async () => {
    await using test = await testDatabase()
    const id = newId()
    await test.database.query.insertInto('organization').values({ id, slug: 'a', name: 'A' }).execute()
    await test.database.query.insertInto('chain_head').values({ organization_id: id }).execute()
    const scope = systemScope(id, 'test')
    const announced: string[] = []
    test.database.announce = (organization) => announced.push(organization)
    await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        test.database.transaction(async (unit) => {
          unit.event(scope, { type: 'tried', subject: `try/${index}`, data: {} })
          unit.audit(scope, { action: 'try', subject: `try/${index}`, after: { index, nested: { b: 1, a: [null] } } })
          if (index % 4 === 0) throw new Error('rolled back')
        }),
      ),
    )
    const events = await test.database.query.selectFrom('event').select('number').orderBy('number').execute()
    expect(events.map(({ number }) => number)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1))
    expect(announced).toHaveLength(15)
  })
})

describe('a database that is away', () => {
  it('is told apart from a wrong statement', async () => {
    const database = new Database('postgres://x:y@/db?host=/nonexistent', 2, createLogger('silent'))
    const error: unknown = await database.ping().catch(translateDatabaseError)
    expect(error).toMatchObject({ kind: 'unavailable', code: 'database-unavailable' })
    await database.close()
    await using test = await testDatabase()
    const wrong: unknown = await test.database.pool.query('select nothing from nowhere').catch(translateDatabaseError)
    expect(wrong).toMatchObject({ code: '42P01' })
  })
})
