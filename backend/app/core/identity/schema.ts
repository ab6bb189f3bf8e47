import { type Static, Type } from 'typebox'
import { Id } from '../http/page.ts'
import { closed } from '../http/validation.ts'

export const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })
export const NewPassword = Type.String({ minLength: 10, maxLength: 200 })
export const PersonName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
export const RoleSchema = Type.Union([
  Type.Literal('viewer'),
  Type.Literal('operator'),
  Type.Literal('admin'),
  Type.Literal('owner'),
])
export const Time = Type.String({ description: 'RFC 3339, UTC' })
export const Slug = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' })

export const OrganizationSummary = closed({ id: Id, slug: Slug, name: Type.String(), role: RoleSchema })

export const Me = closed({
  account: closed({ id: Id, email: Type.String(), name: Type.String(), superadmin: Type.Boolean() }),
  organizations: Type.Array(OrganizationSummary),
  permissions: Type.Record(Type.String(), Type.Array(Type.String()), { description: 'By organization id' }),
})
export type MeView = Static<typeof Me>

export const SignIn = closed({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 200 }) })

export const SetUp = closed({
  token: Type.String({ maxLength: 200 }),
  email: Email,
  name: PersonName,
  password: NewPassword,
  organization: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', default: 'Main' }),
})

export const SessionView = closed({
  id: Id,
  current: Type.Boolean(),
  address: Type.String(),
  userAgent: Type.String(),
  createdAt: Time,
  lastSeenAt: Time,
  expiresAt: Time,
})

export const TokenView = closed({
  id: Id,
  name: Type.String(),
  owner: Id,
  permissions: Type.Optional(Type.Array(Type.String())),
  createdAt: Time,
  expiresAt: Type.Optional(Time),
  lastUsedAt: Type.Optional(Time),
})

export const NewToken = closed({
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  permissions: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
  expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
})
