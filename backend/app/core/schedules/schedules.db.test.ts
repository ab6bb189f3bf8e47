import { describe, expect, it } from 'vitest'
import { testServer } from '../../../test/server.ts'
import { createDeployment, deploy } from '../../../test/things.ts'
import { nextRun } from './schedules.ts'

describe('a schedule', () => {
  it('is due by its cron expression in its time zone', () => {
    const at = new Date('2026-03-28T23:30:00Z')
    expect(nextRun('0 3 * * *', 'UTC', at)?.toISOString()).toBe('2026-03-29T03:00:00.000Z')
    expect(nextRun('0 4 * * *', 'Europe/Paris', at)?.toISOString()).toBe('2026-03-29T02:00:00.000Z')
    for (const [cron, zone] of [
      ['61 * * * *', 'UTC'],
      ['* * * * * *', 'UTC'],
      ['daily', 'UTC'],
      ['* * * * *', 'Mars/Olympus'],
    ] as const) {
      expect(() => nextRun(cron, zone, at), `${cron} ${zone}`).toThrow(/not valid/)
    }
  })

  it('fires once though two workers look, says what it asked for, and goes on after a refusal', {
    timeout: 60_000,
  }, async () => {
    await using test = await testServer()
    await using _beside = await testServer({ beside: test, env: { WINDFLOW_ROLE: 'worker' } })
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop')
    await deploy(admin, id)
    const wrong = await admin.request('POST', `/deployments/${id}/schedules`, {
      name: 'x',
      kind: 'restart',
      cron: '99 * * * *',
    })
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([422, '/cron'])
    const schedule = await admin.post(`/deployments/${id}/schedules`, {
      name: 'nightly',
      kind: 'restart',
      cron: '0 3 * * *',
    })
    const { pool } = test.database.database
    await pool.query("update schedule set next_at = now() - interval '1 day'")
    const fired = async (before: string | undefined) => {
      for (let tries = 0; tries < 300; tries++) {
        const [row] = (await admin.get(`/deployments/${id}/schedules`)).items
        if (row.lastAt !== before) return row
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error('the schedule does not fire')
    }
    const row = await fired(undefined)
    expect(await admin.operation(row.lastOperation)).toMatchObject({
      kind: 'restart',
      state: 'succeeded',
      author: 'schedule nightly',
    })
    expect(new Date(row.nextAt).getTime()).toBeGreaterThan(Date.now())
    const { items } = await admin.get(`/operations?deployment=${id}`)
    expect(items.filter(({ kind }: { kind: string }) => kind === 'restart')).toHaveLength(1)
    await pool.query("update deployment set state = 'destroyed'")
    await pool.query("update schedule set next_at = now() - interval '1 minute'")
    expect((await fired(row.lastAt)).lastError).toContain('destroyed')
    await pool.query("update deployment set state = 'running'")
    expect((await admin.patch(`/schedules/${schedule.id}`, { enabled: false })).nextAt).toBeUndefined()
    await admin.delete(`/schedules/${schedule.id}`)
  })
})
