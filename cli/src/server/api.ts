import { type ApiClient, createClient, type Problem } from '@windflow/api-client'
import { EngineError, type ErrorClass } from '@windflow/engine'
import type { Login } from './credentials.ts'

/** A client that proves itself with the token. */
export function apiOf(login: Login, organization: string | undefined): ApiClient {
  return createClient({ baseUrl: login.url, headers: headersOf(login, organization) })
}

export function headersOf(login: Login, organization: string | undefined): Record<string, string> {
  return {
    authorization: `Bearer ${login.token}`,
    ...(organization === undefined ? {} : { 'windflow-organization': organization }),
  }
}

/** The server refused, in its own words; `problem` has every field that is wrong. */
export class Refused extends EngineError {
  readonly problem: Problem
  constructor(problem: Problem) {
    const fields = (problem.errors ?? []).map(({ path, message }) => `${path} ${message}`)
    const hint = [...fields, ...(problem.hint === undefined ? [] : [problem.hint])].join('\n')
    super(problem.code, problem.detail, { class: classOf(problem.status), ...(hint === '' ? {} : { hint }) })
    this.name = 'Refused'
    this.problem = problem
  }
}

function classOf(status: number): ErrorClass {
  return status >= 500 ? 'target' : 'user'
}

interface Result<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/**
 * The answer's content.
 * @throws Refused with the server's problem; EngineError when it cannot be reached or what answers is no WindFlow
 */
export async function answer<T>(request: Promise<Result<T>>): Promise<T> {
  let result: Result<T>
  try {
    result = await request
  } catch (error) {
    throw unreachable(error)
  }
  const { data, error, response } = result
  if (response.ok) return data as T
  if (isProblem(error)) throw new Refused(error)
  throw new EngineError('cli/no-windflow', `${response.url} answered ${response.status}, and not as WindFlow does`, {
    class: 'target',
    hint: 'check the address of the server, and what is in front of it',
  })
}

export function unreachable(error: unknown): EngineError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const reason =
    cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause)
  return new EngineError('cli/server-away', `the server does not answer: ${reason}`, {
    class: 'transient',
    hint: 'check that it runs (`windflow serve`) and its address (--server, WINDFLOW_URL)',
    cause: error,
  })
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'status' in value
}
