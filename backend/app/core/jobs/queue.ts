import type { Transaction } from 'kysely'
import { fromKysely, PgBoss } from 'pg-boss'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Logger } from '../kernel/log.ts'
import type { Job } from '../kernel/points.ts'

export const OPERATION_QUEUE = 'operation'

const JOB_SECONDS = 900

/**
 * pg-boss on the server's own pool: a job is written in the transaction of the row it is for, so that neither can be
 * there without the other. A job only wakes a worker; what is to be done is in the row.
 */
export class Queue {
  readonly #boss: PgBoss

  constructor(database: Database, log: Logger, worker: boolean) {
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => database.pool.query(text, values) },
      schema: 'job',
      supervise: worker,
      schedule: worker,
      monitorVacuum: false,
      reindex: false,
    })
    this.#boss.on('error', (error) => log.warn({ err: error }, 'jobs'))
  }

  async start(): Promise<void> {
    await this.#boss.start()
    await this.#boss.createQueue(OPERATION_QUEUE, { retryLimit: 0, deleteAfterSeconds: 3600 })
  }

  /** Wakes a worker once the transaction is committed. */
  async send(query: Transaction<Tables>, data: { readonly operation: string }): Promise<void> {
    await this.#boss.send(OPERATION_QUEUE, data, { db: fromKysely(query) })
  }

  async work(wake: () => void): Promise<void> {
    await this.#boss.work(OPERATION_QUEUE, { pollingIntervalSeconds: 2, batchSize: 50 }, async () => wake())
  }

  /** Runs a job by the clock, in one process of the installation at a time. A run that fails is not tried before its next time. */
  async runJob(id: string, job: Job, stopping: AbortSignal, log: Logger): Promise<void> {
    const name = `job/${id}`
    await this.#boss.createQueue(name, {
      retryLimit: 0,
      deleteAfterSeconds: 3600,
      policy: 'singleton',
      expireInSeconds: JOB_SECONDS,
    })
    await this.#boss.schedule(name, job.cron, null, { tz: 'UTC' })
    await this.#boss.work(name, { pollingIntervalSeconds: 15 }, async () => {
      try {
        await job.run(AbortSignal.any([stopping, AbortSignal.timeout(JOB_SECONDS * 1000)]))
      } catch (error) {
        log.error({ err: error, job: id }, 'a job failed')
      }
    })
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false })
  }
}
