import type { Query } from '../db/database.ts'
import { auditHash } from '../db/unit-of-work.ts'
import { auditRepository } from './repository.ts'

export interface ChainVerdict {
  readonly organization: string
  readonly entries: number
  /** The first entry that is not as it was written, or is missing; absent when the chain is whole. */
  readonly broken?: { readonly number: number; readonly reason: string }
}

const BATCH = 1000

/** Computes the chain of one organization again and compares it with what is stored. */
export async function verifyChain(
  query: Query,
  head: { organization_id: string; audit_number: number; audit_hash: string },
): Promise<ChainVerdict> {
  const organization = head.organization_id
  let previous = ''
  let number = 0
  while (true) {
    const entries = await auditRepository.chain(query, organization, number, BATCH)
    for (const entry of entries) {
      if (entry.number !== number + 1) return broken(organization, number, number + 1, 'entry is missing')
      if (entry.previous_hash !== previous)
        return broken(organization, number, entry.number, 'does not follow the entry before it')
      const { previous_hash: _previous, hash, ...content } = entry
      const expected = auditHash(previous, { ...content, time: content.time.toISOString() })
      if (expected !== hash) return broken(organization, number, entry.number, 'was changed after it was written')
      previous = hash
      number = entry.number
    }
    if (entries.length < BATCH) break
  }
  if (number < head.audit_number) return broken(organization, number, number + 1, 'entry is missing')
  if (previous !== head.audit_hash)
    return broken(organization, number, number, 'is not the end the chain was left with')
  return { organization, entries: number }
}

function broken(organization: string, entries: number, number: number, reason: string): ChainVerdict {
  return { organization, entries, broken: { number, reason } }
}

/** Every chain of the installation. */
export async function verifyAllChains(query: Query): Promise<readonly ChainVerdict[]> {
  const verdicts: ChainVerdict[] = []
  for (const head of await auditRepository.heads(query)) verdicts.push(await verifyChain(query, head))
  return verdicts
}
