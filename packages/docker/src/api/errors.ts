import { EngineError, type ErrorClass } from '@windflow/engine'

/** The engine answered a request with a status other than success. */
export class ApiError extends EngineError {
  /** HTTP status of the answer. */
  readonly status: number
  constructor(
    code: string,
    message: string,
    status: number,
    options: { readonly class: ErrorClass; readonly hint?: string },
  ) {
    super(code, message, options)
    this.name = 'ApiError'
    this.status = status
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409
}

interface Reading {
  readonly pattern: RegExp
  readonly code: string
  readonly class: ErrorClass
  readonly hint?: string
}

/** The engine has no error codes beyond the HTTP status; these are its own sentences that call for a special hint. */
const READINGS: readonly Reading[] = [
  {
    pattern: /port is already allocated|address already in use|failed to bind host port/i,
    code: 'port-taken',
    class: 'target',
    hint: 'stop what listens on that port, or publish another one',
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: 'disk-full',
    class: 'target',
    hint: 'free disk space on the target (docker system df shows what takes it)',
  },
  {
    pattern: /client version \S+ is too old/i,
    code: 'engine-too-new',
    class: 'target',
    hint: 'update WindFlow, or unset DOCKER_API_VERSION',
  },
  {
    pattern: /client version \S+ is too new/i,
    code: 'engine-too-old',
    class: 'target',
    hint: 'update the engine, or unset DOCKER_API_VERSION',
  },
  {
    pattern: /No such image|manifest unknown|repository does not exist/i,
    code: 'image-not-found',
    class: 'user',
    hint: 'check the name and tag of the image, and that it was pulled or built',
  },
  {
    pattern: /could not select device driver/i,
    code: 'device-driver-missing',
    class: 'target',
    hint: 'the engine has no runtime for the requested device (for GPUs: install the NVIDIA container toolkit on the target)',
  },
]

/**
 * Error for an answer of the engine.
 * @param message the `message` of the JSON body, or its text
 * @param what the request in words, such as `POST /containers/create`
 */
export function answerError(status: number, message: string, what: string): ApiError {
  const text = message.trim() || `engine answered ${status} to ${what}`
  for (const reading of READINGS) {
    if (reading.pattern.test(text))
      return new ApiError(reading.code, text, status, {
        class: reading.class,
        ...(reading.hint !== undefined && { hint: reading.hint }),
      })
  }
  switch (status) {
    case 400:
      return new ApiError('engine-bad-request', text, status, { class: 'user' })
    case 401:
    case 403:
      return new ApiError('engine-forbidden', text, status, {
        class: 'target',
        hint: 'the engine, its authorization plugin or a proxy before it refuses this request',
      })
    case 404:
      return new ApiError('engine-not-found', text, status, { class: 'target' })
    case 409:
      return new ApiError('engine-conflict', text, status, { class: 'target' })
    case 429:
      return new ApiError('engine-busy', text, status, { class: 'transient' })
    default:
      return new ApiError('engine-failed', text, status, { class: 'target' })
  }
}

const CERTIFICATE_CODES =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)|CERTIFICATE/

/** Error for a connection that could not be made or broke, with what to do about it. */
export function connectionError(cause: unknown, address: string): EngineError {
  if (cause instanceof EngineError) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const detail = cause instanceof Error ? cause.message : String(cause)
  const unreachable = (message: string, hint: string) =>
    new EngineError('engine-unreachable', message, { class: 'target', hint, cause })
  switch (code) {
    case 'ENOENT':
      return unreachable(
        `no engine answers on ${address}: the socket does not exist`,
        'start the engine (systemctl start docker), or point DOCKER_HOST or the docker context to where it listens',
      )
    case 'ECONNREFUSED':
      return unreachable(
        `no engine answers on ${address}: connection refused`,
        'start the engine (systemctl start docker), or point DOCKER_HOST or the docker context to where it listens',
      )
    case 'EACCES':
    case 'EPERM':
      return unreachable(
        `no permission to use the engine on ${address}`,
        'add your user to the docker group (sudo usermod -aG docker $USER, then log in again), or run as root',
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(
        `the host of ${address} has no address: ${detail}`,
        'check the host name and the DNS of this machine',
      )
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return unreachable(
        `${address} cannot be reached: ${detail}`,
        'check the network and the firewall between here and there',
      )
    case 'HPE_INVALID_CONSTANT':
    case 'HPE_INVALID_VERSION':
      return unreachable(
        `what answers on ${address} does not speak the Engine API`,
        'check the port; an engine with TLS wants a client with TLS (DOCKER_TLS_VERIFY, DOCKER_CERT_PATH)',
      )
  }
  if (CERTIFICATE_CODES.test(code))
    return unreachable(
      `TLS with ${address} failed: ${detail}`,
      'check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH, and that the server certificate names this host',
    )
  return new EngineError('engine-connection-lost', `the connection to ${address} broke: ${detail}`, {
    class: 'transient',
    cause,
  })
}
