import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '@windflow/engine'
import type { TargetAddress, TlsOptions } from './target.ts'

/** Variables of the docker CLI that say where its engine is. */
export interface TargetEnvironment {
  readonly DOCKER_HOST?: string | undefined
  readonly DOCKER_CONTEXT?: string | undefined
  readonly DOCKER_CONFIG?: string | undefined
  readonly DOCKER_CERT_PATH?: string | undefined
  readonly DOCKER_TLS?: string | undefined
  readonly DOCKER_TLS_VERIFY?: string | undefined
  readonly DOCKER_API_VERSION?: string | undefined
  readonly HOME?: string | undefined
}

export interface TargetChoice {
  /** As `docker --host`. */
  readonly host?: string
  /** As `docker --context`. */
  readonly context?: string
}

const DEFAULT_URL = 'unix:///var/run/docker.sock'

/**
 * Where the docker CLI would go: its options, then DOCKER_HOST, DOCKER_CONTEXT, the current context of
 * `~/.docker/config.json`, and the local socket.
 * @throws EngineError `context-not-found`, `context-invalid`, `docker-config-invalid`, `tls-files-unreadable`, class user
 */
export async function resolveTarget(env: TargetEnvironment, choice: TargetChoice = {}): Promise<TargetAddress> {
  const folder = env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
  const version = env.DOCKER_API_VERSION ? { apiVersion: env.DOCKER_API_VERSION } : {}
  const context = await contextName(env, choice, folder)
  if (context !== undefined) return { ...(await readContext(context, folder)), ...version }
  const url = choice.host || env.DOCKER_HOST || DEFAULT_URL
  const tls = /^(tcp|https):/.test(url) ? await environmentTls(env, folder) : undefined
  return { url: url.includes('://') ? url : `tcp://${url}`, ...(tls && { tls }), ...version }
}

/** Undefined: the default context, which is what the environment says. */
async function contextName(env: TargetEnvironment, choice: TargetChoice, folder: string): Promise<string | undefined> {
  const name =
    choice.context ??
    (choice.host || env.DOCKER_HOST ? 'default' : env.DOCKER_CONTEXT || (await currentContext(folder)))
  return name === undefined || name === '' || name === 'default' ? undefined : name
}

async function currentContext(folder: string): Promise<string | undefined> {
  const path = join(folder, 'config.json')
  const text = await readOptional(path)
  // Most files have no context: do not parse what cannot matter.
  if (text === undefined || !text.includes('"currentContext"')) return undefined
  const config = parseObject(
    text,
    () =>
      new EngineError('docker-config-invalid', `${path} is not valid JSON`, {
        class: 'user',
        hint: 'correct it, or choose a context with docker context use',
      }),
  )
  return typeof config.currentContext === 'string' ? config.currentContext : undefined
}

/** Layout of the docker CLI's context store: folders named by the SHA-256 of the context's name. */
async function readContext(name: string, folder: string): Promise<TargetAddress> {
  const { createHash } = await import('node:crypto')
  const id = createHash('sha256').update(name).digest('hex')
  const text = await readOptional(join(folder, 'contexts', 'meta', id, 'meta.json'))
  if (text === undefined) {
    throw new EngineError('context-not-found', `docker context "${name}" does not exist`, {
      class: 'user',
      hint: 'docker context ls shows the ones there are; DOCKER_CONTEXT and docker context use choose one',
    })
  }
  const invalid = () =>
    new EngineError('context-invalid', `docker context "${name}" names no Docker engine`, {
      class: 'user',
      hint: `docker context inspect ${name} shows what it holds`,
    })
  const endpoints = parseObject(text, invalid).Endpoints
  const endpoint = isObject(endpoints) ? endpoints.docker : undefined
  if (!isObject(endpoint) || typeof endpoint.Host !== 'string' || endpoint.Host === '') throw invalid()
  const files = join(folder, 'contexts', 'tls', id, 'docker')
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readOptional(join(files, file))),
  )
  const skipVerify = endpoint.SkipTLSVerify === true
  const usesTls = ca !== undefined || cert !== undefined || skipVerify
  return {
    url: endpoint.Host,
    ...(usesTls && {
      tls: {
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
        ...(skipVerify && { skipVerify }),
      },
    }),
  }
}

async function environmentTls(env: TargetEnvironment, folder: string): Promise<TlsOptions | undefined> {
  const verify = Boolean(env.DOCKER_TLS_VERIFY)
  if (!verify && !env.DOCKER_TLS) return undefined
  const files = env.DOCKER_CERT_PATH || folder
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readOptional(join(files, file))),
  )
  if (env.DOCKER_CERT_PATH && ca === undefined && cert === undefined) {
    throw new EngineError('tls-files-unreadable', `DOCKER_CERT_PATH ${files} holds neither ca.pem nor cert.pem`, {
      class: 'user',
      hint: 'put ca.pem, cert.pem and key.pem there',
    })
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new EngineError('tls-files-unreadable', `${files} holds only one of cert.pem and key.pem`, {
      class: 'user',
      hint: 'a client certificate needs its key',
    })
  }
  return {
    ...(verify && ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(!verify && { skipVerify: true }),
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    // At once: this is on the way of every command, and the promises of node:fs take milliseconds to load.
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new EngineError(
      'file-unreadable',
      `${path} cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        class: 'user',
        hint: 'check its permissions',
      },
    )
  }
}

function parseObject(text: string, invalid: () => EngineError): Readonly<Record<string, unknown>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw invalid()
  }
  if (!isObject(parsed)) throw invalid()
  return parsed
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
