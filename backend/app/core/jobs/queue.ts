import type { Transaction } from 'kysely'
import { fromKysely, PgBoss } from 'pg-boss'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Logger } from '../kernel/log.ts'

export const OPERATION_QUEUE = 'operation'

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

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false })
  }
}
