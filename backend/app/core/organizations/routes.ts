import { Type } from 'typebox'
import { originOf } from '../http/guard.ts'
import { Id, PageQuery, pageOf, toPage } from '../http/page.ts'
import type { App } from '../http/types.ts'
import { checkIfMatch, closed, etag } from '../http/validation.ts'
import { Email, NewToken, OrganizationSummary, RoleSchema, Slug, Time, TokenView } from '../identity/schema.ts'
import type { Organizations } from './organizations.ts'

const OrganizationName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const OrganizationView = closed({ id: Id, slug: Slug, name: Type.String(), createdAt: Time })
const MemberView = closed({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  disabled: Type.Boolean(),
  since: Time,
})
const invitation = { id: Id, email: Type.String(), role: RoleSchema, createdAt: Time, expiresAt: Time }
const InvitationView = closed(invitation)
const NewInvitationView = closed({ ...invitation, token: Type.String({ description: 'Shown this once' }) })
const ById = closed({ id: Id })

export function organizationRoutes(app: App, organizations: Organizations): void {
  app.post(
    '/organizations',
    {
      config: { permission: 'platform:manage', scope: 'platform', audit: 'organization.create' },
      schema: {
        summary: 'Create an organization',
        body: closed({ name: OrganizationName }),
        response: { 201: OrganizationSummary },
      },
    },
    async (request, reply) => {
      const created = await organizations.create(request.who, originOf(request), request.body.name)
      return reply.code(201).send(created)
    },
  )

  app.get(
    '/organization',
    {
      config: { permission: 'organization:read', scope: 'organization' },
      schema: { summary: 'The organization in use', response: { 200: OrganizationView } },
    },
    async (request, reply) => {
      const organization = await organizations.get(request.scope)
      return reply.header('etag', etag(organization.revision)).send(organizationView(organization))
    },
  )

  app.patch(
    '/organization',
    {
      config: { permission: 'organization:update', scope: 'organization', audit: 'organization.update' },
      schema: {
        summary: 'Rename the organization in use',
        body: closed({ name: OrganizationName }),
        response: { 200: OrganizationView },
      },
    },
    async (request, reply) => {
      const check = (revision: number): void => checkIfMatch(request.headers['if-match'], revision)
      const organization = await organizations.rename(request.scope, request.body.name, check)
      return reply.header('etag', etag(organization.revision)).send(organizationView(organization))
    },
  )

  app.get(
    '/members',
    {
      config: { permission: 'member:read', scope: 'organization' },
      schema: {
        summary: 'Who belongs to the organization',
        querystring: closed(PageQuery),
        response: { 200: pageOf(MemberView) },
      },
    },
    async (request) => {
      const rows = await organizations.members(request.scope, request.query)
      return toPage(
        rows,
        request.query.limit,
        (row) => row.id,
        (row) => ({
          id: row.id,
          email: row.email,
          name: row.name,
          role: row.role,
          disabled: row.disabled_at !== null,
          since: row.created_at.toISOString(),
        }),
      )
    },
  )

  app.patch(
    '/members/:id',
    {
      config: { permission: 'member:manage', scope: 'organization', audit: 'member.update' },
      schema: {
        summary: "Change a member's role",
        params: ById,
        body: closed({ role: RoleSchema }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await organizations.setRole(request.scope, request.who, request.params.id, request.body.role)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/members/:id',
    {
      config: { permission: 'member:manage', scope: 'organization', audit: 'member.remove' },
      schema: { summary: 'Remove a member', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await organizations.removeMember(request.scope, request.who, request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/invitations',
    {
      config: { permission: 'member:manage', scope: 'organization' },
      schema: {
        summary: 'Open invitations',
        querystring: closed(PageQuery),
        response: { 200: pageOf(InvitationView) },
      },
    },
    async (request) => {
      const rows = await organizations.invitations(request.scope, request.query)
      return toPage(
        rows,
        request.query.limit,
        (row) => row.id,
        (row) => ({
          id: row.id,
          email: row.email,
          role: row.role,
          createdAt: row.created_at.toISOString(),
          expiresAt: row.expires_at.toISOString(),
        }),
      )
    },
  )

  app.post(
    '/invitations',
    {
      config: { permission: 'member:manage', scope: 'organization', audit: 'invitation.create' },
      schema: {
        summary: 'Invite somebody',
        body: closed({ email: Email, role: RoleSchema }),
        response: { 201: NewInvitationView },
      },
    },
    async (request, reply) => {
      const made = await organizations.invite(request.scope, request.who, request.body.email, request.body.role)
      return reply
        .code(201)
        .send({ ...made, createdAt: made.createdAt.toISOString(), expiresAt: made.expiresAt.toISOString() })
    },
  )

  app.delete(
    '/invitations/:id',
    {
      config: { permission: 'member:manage', scope: 'organization', audit: 'invitation.withdraw' },
      schema: { summary: 'Withdraw an invitation', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await organizations.withdrawInvitation(request.scope, request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/tokens',
    {
      config: { permission: 'token:manage', scope: 'organization' },
      schema: { summary: 'API tokens', querystring: closed(PageQuery), response: { 200: pageOf(TokenView) } },
    },
    async (request) => {
      const rows = await organizations.tokens(request.scope, request.who, request.query)
      return toPage(rows, request.query.limit, (row) => row.id, tokenView)
    },
  )

  app.post(
    '/tokens',
    {
      config: { permission: 'token:manage', scope: 'organization', audit: 'token.create' },
      schema: {
        summary: 'Create an API token',
        body: NewToken,
        response: { 201: closed({ token: TokenView, text: Type.String({ description: 'Shown this once' }) }) },
      },
    },
    async (request, reply) => {
      const { row, text } = await organizations.createToken(request.scope, request.who, request.body)
      return reply.code(201).send({ token: tokenView(row), text })
    },
  )

  app.delete(
    '/tokens/:id',
    {
      config: { permission: 'token:manage', scope: 'organization', audit: 'token.revoke' },
      schema: { summary: 'Revoke an API token', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await organizations.revokeToken(request.scope, request.who, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function organizationView(row: { id: string; slug: string; name: string; created_at: Date }) {
  return { id: row.id, slug: row.slug, name: row.name, createdAt: row.created_at.toISOString() }
}

function tokenView(row: {
  id: string
  account_id: string
  name: string
  permissions: string[] | null
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
}) {
  return {
    id: row.id,
    name: row.name,
    owner: row.account_id,
    createdAt: row.created_at.toISOString(),
    ...(row.permissions === null ? {} : { permissions: row.permissions }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at.toISOString() }),
  }
}
