import type { RoleName } from '../db/tables.ts'

export const ROLES: readonly RoleName[] = ['viewer', 'operator', 'admin', 'owner']

/** The whole matrix: each permission and the lowest role that has it. Every higher role has it too. */
export const PERMISSIONS = {
  'organization:read': 'viewer',
  'organization:update': 'admin',
  'organization:delete': 'owner',
  'member:read': 'viewer',
  'member:manage': 'admin',
  'token:manage': 'viewer',
  'target:read': 'viewer',
  'target:manage': 'admin',
  'registry:manage': 'admin',
  'stack:read': 'viewer',
  'stack:write': 'operator',
  'stack:delete': 'admin',
  'secret:list': 'operator',
  'secret:write': 'operator',
  'deployment:read': 'viewer',
  'deployment:write': 'operator',
  'deployment:operate': 'operator',
  'deployment:approve': 'admin',
  'deployment:destroy': 'admin',
  'deployment:exec': 'operator',
  /** Lets a stack use what the content policy denies: privileged containers, the engine's socket, host paths. */
  'deployment:privileged': 'owner',
  'operation:read': 'viewer',
  'operation:cancel': 'operator',
  'event:read': 'viewer',
  'audit:read': 'admin',
  'extension:read': 'viewer',
  'platform:manage': 'owner',
} as const satisfies Readonly<Record<string, RoleName>>

/** The matrix of the core with what extensions add. */
export class PermissionMatrix {
  readonly #lowest: ReadonlyMap<string, RoleName>
  readonly #byRole: ReadonlyMap<RoleName, ReadonlySet<string>>

  constructor(added: Readonly<Record<string, RoleName>> = {}) {
    this.#lowest = new Map(Object.entries({ ...added, ...PERMISSIONS }))
    this.#byRole = new Map(
      ROLES.map((role, rank) => [
        role,
        new Set(
          [...this.#lowest].filter(([, lowest]) => rank >= ROLES.indexOf(lowest)).map(([permission]) => permission),
        ),
      ]),
    )
  }

  knows(permission: string): boolean {
    return this.#lowest.has(permission)
  }

  of(role: RoleName): ReadonlySet<string> {
    return this.#byRole.get(role) ?? new Set()
  }

  entries(): readonly { readonly permission: string; readonly roles: readonly RoleName[] }[] {
    return [...this.#lowest].map(([permission, lowest]) => ({ permission, roles: ROLES.slice(ROLES.indexOf(lowest)) }))
  }
}

/** Whether somebody with `role` may give, change or take `other`: nobody acts above the own rank. */
export function outranks(role: RoleName, other: RoleName): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(other)
}
