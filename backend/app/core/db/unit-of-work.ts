import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Scope } from './scope.ts'
import type { Tables } from './tables.ts'

/** A fact for the followers of one organization. `subject` is `kind/id`. Never a secret. */
export interface NewEvent {
  readonly type: string
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface NewAudit {
  /** `stack.update`: noun and verb. */
  readonly action: string
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
}

export interface AuditContent {
  readonly organization_id: string
  readonly number: number
  readonly time: string
  readonly actor: unknown
  readonly action: string
  readonly subject: string
  readonly address: string
  readonly request_id: string
  readonly before: unknown
  readonly after: unknown
}

/** Links an entry to the one before it: SHA-256 over the previous hash and the entry in a form where key order is fixed. */
export function auditHash(previous: string, entry: AuditContent): string {
  return createHash('sha256').update(previous).update('\n').update(canonicalJson(entry)).digest('hex')
}

/** JSON with sorted keys and no `undefined`: jsonb keeps neither the order nor the spelling it was given. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/**
 * One transaction and what is to be told about it. Events and audit entries are stored as its last act, so that the row
 * that numbers them is locked for as short as can be and in the same order by everyone.
 */
export class UnitOfWork {
  readonly query: Transaction<Tables>
  readonly #events: { readonly scope: Scope; readonly event: NewEvent }[] = []
  readonly #audits: { readonly scope: Scope; readonly audit: NewAudit }[] = []
  readonly #afterCommit: (() => void)[] = []

  constructor(query: Transaction<Tables>) {
    this.query = query
  }

  event(scope: Scope, event: NewEvent): void {
    this.#events.push({ scope, event })
  }

  audit(scope: Scope, audit: NewAudit): void {
    this.#audits.push({ scope, audit })
  }

  /** Called once the transaction is committed; must not throw. */
  afterCommit(call: () => void): void {
    this.#afterCommit.push(call)
  }

  /** Stores what was recorded. @returns whose events were stored, and what to call after the commit. */
  async finish(): Promise<{ readonly followed: readonly string[]; readonly calls: readonly (() => void)[] }> {
    const organizations = [...this.#events, ...this.#audits].map(({ scope }) => scope.organization)
    for (const organization of [...new Set(organizations)].sort()) await this.#store(organization)
    return { followed: [...new Set(this.#events.map(({ scope }) => scope.organization))], calls: this.#afterCommit }
  }

  async #store(organization: string): Promise<void> {
    const events = this.#events.filter(({ scope }) => scope.organization === organization)
    const audits = this.#audits.filter(({ scope }) => scope.organization === organization)
    const head = await this.query
      .selectFrom('chain_head')
      .selectAll()
      .where('organization_id', '=', organization)
      .forUpdate()
      .executeTakeFirst()
    // An organization deleted in this very transaction has no followers and no chain to add to.
    if (head === undefined) return
    let { event_number, audit_number, audit_hash } = head
    if (events.length > 0) {
      await this.query
        .insertInto('event')
        .values(
          events.map(({ event }) => {
            event_number += 1
            return {
              organization_id: organization,
              number: event_number,
              type: event.type,
              subject: event.subject,
              data: JSON.stringify(event.data),
            }
          }),
        )
        .execute()
    }
    for (const { scope, audit } of audits) {
      audit_number += 1
      const content: AuditContent = {
        organization_id: organization,
        number: audit_number,
        time: new Date().toISOString(),
        actor: scope.actor,
        action: audit.action,
        subject: audit.subject,
        address: scope.origin.address,
        request_id: scope.origin.requestId,
        before: audit.before ?? null,
        after: audit.after ?? null,
      }
      const hash = auditHash(audit_hash, content)
      await this.query
        .insertInto('audit_entry')
        .values({
          ...content,
          time: new Date(content.time),
          actor: canonicalJson(content.actor),
          before: content.before === null ? null : canonicalJson(content.before),
          after: content.after === null ? null : canonicalJson(content.after),
          previous_hash: audit_hash,
          hash,
        })
        .execute()
      audit_hash = hash
    }
    await this.query
      .updateTable('chain_head')
      .set({ event_number, audit_number, audit_hash })
      .where('organization_id', '=', organization)
      .execute()
  }
}
