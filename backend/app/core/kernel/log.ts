import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** Members that hold a credential wherever they appear in a log record. */
const SENSITIVE = ['password', 'token', 'secret', 'authorization', 'cookie', 'credentials', 'keyring']

/**
 * The one logger of a process: JSON lines on standard error, credentials replaced.
 * Standard output belongs to what the command prints for people.
 */
export function createLogger(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors of libraries carry whole connections with them, keys included: only what they say is kept.
      serializers: { err: describeError },
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SENSITIVE.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination,
  )
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? { code: error.code } : {}
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) }
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause }
}
