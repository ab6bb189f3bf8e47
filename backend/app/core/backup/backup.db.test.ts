import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { testServer } from '../../../test/server.ts'
import { compose, createStack, deploy, localTarget } from '../../../test/things.ts'
import { writeArchive } from './archive.ts'
import { DUMPED_TABLES, dumpLines, LEFT_OUT_TABLES } from './dump.ts'
import { restoreBackup, verifyBackup } from './restore.ts'

const PASSPHRASE = 'eight words of a good passphrase'
const PLANTED = 'planted-Hk29xW'

async function inFolder(work: (path: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-backup-'))
  try {
    await work((name) => join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('a backup', () => {
  it('holds every table that is worth keeping', async () => {
    await using test = await testDatabase()
    const { rows } = await test.database.pool.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
    expect(rows.map(({ name }) => name)).toEqual([...DUMPED_TABLES, ...LEFT_OUT_TABLES].sort())
  })

  it('brings users, stacks, deployments, releases and secrets into an empty installation, where work goes on', () =>
    inFolder(async (path) => {
      const file = path('windflow.backup')
      await using old = await testServer()
      const admin = await old.admin()
      await admin.post('/secrets', { name: 'db', value: PLANTED })
      const content = `${compose()}    environment:\n      DB: \${DB}\n`
      const stack = await createStack(admin, 'shop', content, { variables: [{ name: 'DB', type: 'secret' }] })
      const deployment = await admin.post('/deployments', {
        name: 'shop',
        stack: stack.id,
        target: await localTarget(admin),
        variables: { DB: 'secret://db' },
      })
      await deploy(admin, deployment.id)
      const keyring = await readFile(join(old.config.data, 'keyring.json'), 'utf8')
      await writeArchive(file, PASSPHRASE, dumpLines(old.database.database.pool, keyring, '0.0.0-test'))
      const bytes = await readFile(file)
      for (const hidden of [PLANTED, 'shop', 'services', keyring.slice(20, 40)])
        expect(bytes.includes(hidden)).toBe(false)

      const verified = await verifyBackup(file, PASSPHRASE)
      expect(verified.keyring).toBe(keyring)
      await using empty = await testDatabase()
      await restoreBackup(empty.database.pool, file, PASSPHRASE, verified)
      await using next = await testServer({
        env: { DATABASE_URL: empty.url, WINDFLOW_KEYRING: verified.keyring },
        options: { databaseUrl: empty.url },
      })
      const again = await next.admin()
      expect(await again.get(`/deployments/${deployment.id}`)).toMatchObject({
        name: 'shop',
        currentRelease: 1,
        state: 'running',
      })
      expect((await again.get(`/deployments/${deployment.id}/releases`)).items).toHaveLength(1)
      expect(await deploy(again, deployment.id, { forceRecreate: true })).toMatchObject({
        state: 'succeeded',
        release: 2,
      })
      expect(JSON.stringify([...next.engine.containers.values()])).toContain(PLANTED)
      expect((await again.get('/audit/verification')).broken).toBeUndefined()
    }))

  it('is refused when it was cut off, changed, or opened with another passphrase, before anything is touched', () =>
    inFolder(async (path) => {
      const file = path('windflow.backup')
      async function* lines(): AsyncGenerator<string> {
        yield* Array.from({ length: 30_000 }, (_, row) =>
          JSON.stringify({ table: 'event', row: `${row} ${Math.random()}` }),
        )
      }
      await writeArchive(file, PASSPHRASE, lines())
      const whole = await readFile(file)
      const tries: [string, Buffer][] = [
        ['empty', Buffer.alloc(0)],
        ['half', whole.subarray(0, whole.length / 2)],
        ['last byte missing', whole.subarray(0, -1)],
        ['first frame alone', whole.subarray(0, 34 + 4 + 256 * 1024 + 16)],
        ['something added', Buffer.concat([whole, Buffer.from('x')])],
        [
          'one bit changed',
          Buffer.from(whole.map((byte, index) => (index === Math.floor(whole.length * 0.7) ? byte ^ 1 : byte))),
        ],
      ]
      for (const [name, content] of tries) {
        const tried = path('tried')
        await writeFile(tried, content)
        await expect(verifyBackup(tried, PASSPHRASE), name).rejects.toMatchObject({
          code: expect.stringMatching(/^backup-not-/),
        })
      }
      await expect(verifyBackup(file, 'another passphrase')).rejects.toMatchObject({ code: 'backup-not-opened' })
    }))

  it('is not restored over an installation that somebody uses', () =>
    inFolder(async (path) => {
      await using test = await testServer()
      const file = path('windflow.backup')
      const keyring = await readFile(join(test.config.data, 'keyring.json'), 'utf8')
      await writeArchive(file, PASSPHRASE, dumpLines(test.database.database.pool, keyring, '0.0.0-test'))
      const verified = await verifyBackup(file, PASSPHRASE)
      await expect(restoreBackup(test.database.database.pool, file, PASSPHRASE, verified)).rejects.toMatchObject({
        code: 'installation-in-use',
      })
    }))
})
