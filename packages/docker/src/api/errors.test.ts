import { describe, expect, it } from 'vitest'
import { answerError, connectionError, isConflict, isNotFound } from './errors.ts'

describe('an answer of the engine', () => {
  it.each([
    [400, 'invalid restart policy', 'engine-bad-request', 'user'],
    [404, 'No such container: web', 'engine-not-found', 'target'],
    [404, 'No such image: app:1', 'image-not-found', 'user'],
    [409, 'Conflict. The container name "/web" is already in use', 'engine-conflict', 'target'],
    [500, 'driver failed: Bind for 0.0.0.0:80 failed: port is already allocated', 'port-taken', 'target'],
    [500, 'write /var/lib/docker/x: no space left on device', 'disk-full', 'target'],
    [400, 'client version 1.41 is too old. Minimum supported API version is 1.44', 'engine-too-new', 'target'],
    [500, 'something else', 'engine-failed', 'target'],
  ])('with status %i and "%s" is %s', (status, message, code, errorClass) => {
    expect(answerError(status, message, 'GET /x')).toMatchObject({ code, status, message, class: errorClass })
  })

  it('without a text names the request', () => {
    expect(answerError(502, ' ', 'GET /info').message).toBe('engine answered 502 to GET /info')
  })

  it('is told apart by its status', () => {
    expect(isNotFound(answerError(404, 'gone', ''))).toBe(true)
    expect(isConflict(answerError(409, 'taken', ''))).toBe(true)
    expect(isNotFound(new Error('404'))).toBe(false)
  })
})

describe('a connection that fails', () => {
  const failed = (code: string) => connectionError(Object.assign(new Error('failed'), { code }), 'unix:///x.sock')

  it.each([
    ['ENOENT', 'engine-unreachable', /start the engine/],
    ['ECONNREFUSED', 'engine-unreachable', /start the engine/],
    ['EACCES', 'engine-unreachable', /docker group/],
    ['ENOTFOUND', 'engine-unreachable', /DNS/],
    ['ETIMEDOUT', 'engine-unreachable', /firewall/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'engine-unreachable', /ca\.pem/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'engine-unreachable', /names this host/],
  ])('with %s says what to do', (code, expected, hint) => {
    const error = failed(code)
    expect(error).toMatchObject({ code: expected, class: 'target' })
    expect(error.hint).toMatch(hint)
    expect(error.message).toContain('unix:///x.sock')
  })

  it('in the middle is worth another try', () => {
    expect(failed('ECONNRESET')).toMatchObject({ code: 'engine-connection-lost', class: 'transient' })
  })
})
