import Type, { type Static } from 'typebox'
import { Build } from './build.ts'
import { containerProperties } from './container.ts'
import { Deploy } from './deploy.ts'
import { Develop } from './develop.ts'
import { Healthcheck } from './healthcheck.ts'
import { Hook } from './hook.ts'
import { part, Strings } from './part.ts'
import { Port } from './port.ts'

/** `condition` is service_started, service_healthy or service_completed_successfully. */
export const Dependency = part({
  condition: Type.Optional(Type.String()),
  restart: Type.Optional(Type.Boolean()),
  required: Type.Boolean(),
})
export type Dependency = Static<typeof Dependency>

export const Dependencies = Type.Record(Type.String(), Dependency)

/** A program outside that makes the service, in the place of a container. */
export const Provider = part({
  type: Type.Optional(Type.String()),
  options: Type.Optional(Type.Record(Type.String(), Strings)),
})
export type Provider = Static<typeof Provider>

/** A container run to its end before the service starts, once or for each replica. */
export const PreStart = part({ ...containerProperties, per_replica: Type.Optional(Type.Boolean()) })
export type PreStart = Static<typeof PreStart>

/** What services and jobs have beyond the container. */
export const workloadProperties = {
  build: Type.Optional(Build),
  depends_on: Type.Optional(Dependencies),
  dockerfile: Type.Optional(Type.String()),
  expose: Type.Optional(Strings),
  healthcheck: Type.Optional(Healthcheck),
  ports: Type.Optional(Type.Array(Port)),
  stdin_open: Type.Optional(Type.Boolean()),
  tty: Type.Optional(Type.Boolean()),
}

/** One service, after all of its short forms, inheritance and variables have been resolved. */
export const Service = part({
  profiles: Type.Optional(Strings),
  deploy: Type.Optional(Deploy),
  develop: Type.Optional(Develop),
  restart: Type.Optional(Type.String()),
  scale: Type.Optional(Type.Integer()),
  attach: Type.Optional(Type.Boolean()),
  container_name: Type.Optional(Type.String()),
  provider: Type.Optional(Provider),
  external_links: Type.Optional(Strings),
  links: Type.Optional(Strings),
  pre_start: Type.Optional(Type.Array(PreStart)),
  post_start: Type.Optional(Type.Array(Hook)),
  pre_stop: Type.Optional(Type.Array(Hook)),
  ...containerProperties,
  ...workloadProperties,
})
export type Service = Static<typeof Service>
