import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { translateDatabaseError } from '../db/database.ts'
import { DomainError, type ErrorKind, type FieldProblem } from '../kernel/errors.ts'

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  precondition: 412,
  'too-large': 413,
  'too-many': 429,
  unavailable: 503,
}

/** The body of every answer that is not a success (RFC 9457, section 3). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly requestId: string
  readonly hint?: string
  readonly errors?: readonly FieldProblem[]
  readonly [member: string]: unknown
}

/** Turns whatever a route threw into a problem. What is not ours to explain becomes an id to look up in the log. */
export function toProblem(
  thrown: unknown,
  requestId: string,
): { readonly problem: Problem; readonly unexpected: boolean; readonly retryAfterSeconds?: number } {
  const error = translateDatabaseError(thrown)
  if (error instanceof DomainError) {
    return {
      problem: problem(STATUS[error.kind], error.code, error.message, requestId, {
        ...error.extra,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(error.fields.length === 0 ? {} : { errors: error.fields }),
      }),
      unexpected: false,
      ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    }
  }
  if (isRequestError(error)) {
    const code = error.code
      .replace(/^FST_ERR_(CTP_|BAD_)?/, '')
      .toLowerCase()
      .replaceAll('_', '-')
    return { problem: problem(error.statusCode, code, error.message, requestId), unexpected: false }
  }
  const detail = 'something went wrong that should not; the log of the server has it under the request id'
  return { problem: problem(500, 'internal', detail, requestId), unexpected: true }
}

function problem(status: number, code: string, detail: string, requestId: string, extra: object = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail, requestId, ...extra }
}

/** Fastify's own refusals of a request: a body that is no JSON, too large, of a type nobody reads. */
function isRequestError(error: unknown): error is FastifyError & { readonly statusCode: number } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('FST_') &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode < 500
  )
}

export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem, unexpected, retryAfterSeconds } = toProblem(thrown, request.id)
  if (unexpected) request.log.error({ err: thrown }, 'unexpected error')
  else if (problem.status === 503) request.log.warn({ err: thrown }, 'unavailable')
  if (retryAfterSeconds !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfterSeconds)))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(problem.status).type('application/problem+json').send(problem)
}
