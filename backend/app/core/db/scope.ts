/** Who acts: shown in audit, in operations, in releases. */
export type Actor =
  | { readonly kind: 'account'; readonly id: string; readonly name: string; readonly token?: string }
  | { readonly kind: 'system'; readonly name: string }

export interface Origin {
  readonly address: string
  readonly requestId: string
}

declare const checked: unique symbol

/**
 * Permission to touch the rows of one organization, and whose it is. Repositories of tenant data take one first and cannot
 * be called without; it is made only after the guard has checked a membership, or by the system for its own work.
 */
export interface Scope {
  readonly [checked]: true
  readonly organization: string
  readonly actor: Actor
  readonly origin: Origin
}

/** Called by the guard, once it knows that the actor belongs to the organization. */
export function scopeFor(organization: string, actor: Actor, origin: Origin): Scope {
  return { organization, actor, origin } as Scope
}

/** For work nobody asked for by a request: an operation that goes on, a schedule, a clean-up. `name` says which. */
export function systemScope(organization: string, name: string): Scope {
  return scopeFor(organization, { kind: 'system', name }, { address: '', requestId: '' })
}

/** The chain of what belongs to no organization. */
export const PLATFORM = '00000000-0000-0000-0000-000000000000'
