import { type Static, Type } from 'typebox'
import { Id } from '../http/page.ts'
import { closed } from '../http/validation.ts'
import { Time } from '../identity/schema.ts'

const Host = Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?$' })
const Port = Type.Integer({ minimum: 1, maximum: 65535 })
const Pem = Type.String({ minLength: 1, maxLength: 32_768 })

/** The engine of the machine the worker runs on, as the docker command line would find it. */
const Local = closed({ endpoint: Type.Literal('local') })
const Tls = closed({ endpoint: Type.Literal('tls'), host: Host, port: Port })
const Ssh = closed({
  endpoint: Type.Literal('ssh'),
  host: Host,
  port: Type.Optional(Port),
  user: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$' }),
  hostKey: Type.String({
    minLength: 1,
    maxLength: 8192,
    description: 'A line of a .pub file, or SHA256:...: the only key accepted',
  }),
})

export const Connection = Type.Union([Local, Tls, Ssh])
export type ConnectionValue = Static<typeof Connection>

export const TlsCredentials = closed({ ca: Pem, cert: Pem, key: Pem })
export const SshCredentials = closed({ privateKey: Pem, passphrase: Type.Optional(Type.String({ maxLength: 1000 })) })
export const Credentials = Type.Union([TlsCredentials, SshCredentials])

export const TargetName = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' })

export const TargetStatus = closed({
  state: Type.Union([Type.Literal('unknown'), Type.Literal('up'), Type.Literal('down')]),
  reason: Type.Optional(Type.String()),
  hint: Type.Optional(Type.String()),
  checkedAt: Type.Optional(Time),
  facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
})
export type TargetStatusValue = Static<typeof TargetStatus>

export const TargetView = closed({
  id: Id,
  name: Type.String(),
  kind: Type.String(),
  connection: Type.Record(Type.String(), Type.Unknown()),
  hasCredentials: Type.Boolean(),
  concurrency: Type.Integer({ description: 'Operations at the same time' }),
  status: TargetStatus,
  createdAt: Time,
})

export const NewTarget = closed({
  name: TargetName,
  kind: Type.Literal('docker'),
  connection: Connection,
  credentials: Type.Optional(Credentials),
  concurrency: Type.Integer({ minimum: 1, maximum: 100, default: 4 }),
})
export type NewTargetValue = Static<typeof NewTarget>

export const TargetUpdate = closed({
  name: Type.Optional(TargetName),
  connection: Type.Optional(Connection),
  credentials: Type.Optional(Credentials),
  concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export type TargetUpdateValue = Static<typeof TargetUpdate>

export const RegistryView = closed({ id: Id, host: Type.String(), username: Type.String(), createdAt: Time })
export const NewRegistry = closed({
  host: Type.String({
    minLength: 1,
    maxLength: 253,
    pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$',
  }),
  username: Type.String({ minLength: 1, maxLength: 255 }),
  password: Type.String({ minLength: 1, maxLength: 16_384 }),
})
