import { type Plan, resourceKey } from '@windflow/engine'
import type { Database } from '../db/database.ts'
import { systemScope } from '../db/scope.ts'
import type { Job } from '../kernel/points.ts'
import type { Live } from './live.ts'
import { type Drift, deploymentRepository as repository } from './repository.ts'

const EACH_ROUND = 200
const AT_ONCE = 4
const LOOK_MS = 20_000

/** Looks at what runs every minute, compares it with the current releases, and tells when a deployment has drifted. */
export function driftWatch(database: Database, live: Live): Job {
  return {
    cron: '* * * * *',
    async run(signal) {
      const waiting = [...(await repository.toWatch(database.query, EACH_ROUND))]
      const look = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
          await lookAt(database, live, next.organization_id, next.id, signal)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, look))
    },
  }
}

/** Looks at one deployment and stores what differs. */
export async function lookAt(
  database: Database,
  live: Live,
  organization: string,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const scope = systemScope(organization, 'drift watch')
  const before = await repository.byId(database.query, scope, id)
  if (before === undefined) return
  const drift = await observe(() => live.drift(scope, id, AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)])))
  await database.transaction(async (unit) => {
    const now = await repository.locked(unit.query, scope, id)
    // Somebody has begun to change it meanwhile: what was seen is no longer how it is.
    if (now === undefined || now.operation !== null || now.current_release !== before.current_release) return
    await repository.setDrift(unit.query, scope, id, drift)
    if (signature(before.drift) === signature(drift)) return
    const type = drift.changes.length > 0 ? 'deployment.drifted' : 'deployment.changed'
    unit.event(scope, { type, subject: `deployment/${id}`, data: { name: now.name, changes: drift.changes } })
  })
}

async function observe(look: () => Promise<Plan>): Promise<Drift> {
  const checkedAt = new Date().toISOString()
  try {
    const { changes } = await look()
    const found = changes.filter(({ action }) => action !== 'none')
    return {
      checkedAt,
      changes: found.map(({ resource, action, reason }) => ({ resource: resourceKey(resource), action, reason })),
    }
  } catch (error) {
    return { checkedAt, reason: error instanceof Error ? error.message : String(error), changes: [] }
  }
}

function signature(drift: Drift | null): string {
  return JSON.stringify(drift?.changes ?? [])
}
