import { EngineError } from '@windflow/engine'

/** An image name taken apart: `registry/repository[:tag][@digest]`, defaults filled in. */
export interface Reference {
  /** `docker.io` when the name has none. */
  readonly registry: string
  /** `library/nginx` for Docker Hub's short names. */
  readonly repository: string
  /** `latest` when neither tag nor digest is given. */
  readonly tag?: string
  readonly digest?: string
  /** As people and the engine write it: `nginx:latest`, `registry.example/app@sha256:...`. */
  readonly familiar: string
}

const HUB = 'docker.io'
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const REGISTRY = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/

/** @throws EngineError `image-name-invalid`, class user */
export function parseReference(text: string): Reference {
  const [named = '', digest, ...more] = text.split('@')
  const slash = named.indexOf('/')
  const first = named.slice(0, Math.max(slash, 0))
  const hasRegistry = slash > 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const registry = hasRegistry ? first : HUB
  const path = hasRegistry ? named.slice(slash + 1) : named
  const colon = path.indexOf(':')
  const name = colon < 0 ? path : path.slice(0, colon)
  const givenTag = colon < 0 ? undefined : path.slice(colon + 1)
  const valid =
    more.length === 0 &&
    REGISTRY.test(registry) &&
    name.split('/').every((component) => COMPONENT.test(component)) &&
    (givenTag === undefined || TAG.test(givenTag)) &&
    (digest === undefined || DIGEST.test(digest))
  if (!valid) {
    throw new EngineError('image-name-invalid', `"${text}" is not a valid image name`, {
      class: 'user',
      hint: 'write [registry/]name[:tag][@digest], the name in lower case',
    })
  }
  const onHub = registry === HUB || registry === 'index.docker.io'
  const tag = givenTag ?? (digest === undefined ? 'latest' : undefined)
  const short = onHub ? name.replace(/^library\//, '') : `${registry}/${name}`
  return {
    registry: onHub ? HUB : registry,
    repository: onHub && !name.includes('/') ? `library/${name}` : name,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
    familiar: short + (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`),
  }
}

/** The name without tag and digest, as the engine writes it in `RepoDigests`. */
export function familiarRepository(reference: Reference): string {
  if (reference.registry !== HUB) return `${reference.registry}/${reference.repository}`
  return reference.repository.replace(/^library\//, '')
}
