import { expect, test } from 'vitest'
import { project } from '../test/memory/world.ts'
import { checkExtensions, serviceExtension } from './extension.ts'

function read(value: unknown) {
  const model = project({ web: { 'x-windflow': value } })
  const { web } = model.services
  if (!web) throw new TypeError('no service')
  return { extension: serviceExtension('web', web), problems: checkExtensions(model) }
}

test('every setting is read', () => {
  const { extension, problems } = read({
    job: true,
    gate: {
      http: { port: 8080, path: '/ok', scheme: 'https', status: '200-299' },
      tcp: 5432,
      stable: '2s',
      timeout: '1m30s',
    },
    update: { order: 'stop-first', drain: '500ms' },
  })
  expect(problems).toEqual([])
  expect(extension).toEqual({
    job: true,
    http: { port: 8080, path: '/ok', scheme: 'https', status: [200, 299] },
    tcp: { port: 5432 },
    stableMs: 2000,
    timeoutMs: 90_000,
    order: 'stop-first',
    drainMs: 500,
  })
})

test.each([
  ['8080', { port: 8080, path: '/', scheme: 'http', status: [200, 399] }],
  [8080, { port: 8080, path: '/', scheme: 'http', status: [200, 399] }],
  ['8080/healthz', { port: 8080, path: '/healthz', scheme: 'http', status: [200, 399] }],
  ['https://localhost:8443/healthz', { port: 8443, path: '/healthz', scheme: 'https', status: [200, 399] }],
])('an HTTP probe may be written as %s', (given, probe) => {
  expect(read({ gate: { http: given } })).toEqual({ extension: { job: false, http: probe }, problems: [] })
})

test.each([
  ['x', 'x-windflow'],
  [{ gates: {} }, 'x-windflow.gates'],
  [{ job: 'yes' }, 'x-windflow.job'],
  [{ gate: { stable: 1 } }, 'x-windflow.gate.stable'],
  [{ gate: { timeout: 'soon' } }, 'x-windflow.gate.timeout'],
  [{ gate: { tcp: 70_000 } }, 'x-windflow.gate.tcp'],
  [{ gate: { http: 'here' } }, 'x-windflow.gate.http'],
  [{ gate: { http: { port: 80, path: 'x' } } }, 'x-windflow.gate.http.path'],
  [{ gate: { http: { port: 80, status: 'ok' } } }, 'x-windflow.gate.http.status'],
  [{ update: { order: 'first' } }, 'x-windflow.update.order'],
])('a mistake is named at its place: %j', (given, path) => {
  expect(read(given).problems.map((problem) => problem.path)).toEqual([`services.web.${path}`])
})
