import { describe, expect, it } from 'vitest'
import { Points } from './points.ts'

const metrics = { collect: async () => '' }

describe('extension points', () => {
  it('refuses a second owner of the same id, naming the first', () => {
    const points = new Points()
    points.register('metrics', 'disk', metrics, 'monitoring')
    expect(() => points.register('metrics', 'disk', metrics, 'logging')).toThrow(/belongs to "monitoring"/)
  })

  it('lets another point use the same id', () => {
    const points = new Points()
    points.register('metrics', 'disk', metrics, 'monitoring')
    points.register('auditSink', 'disk', { receive: async () => undefined }, 'logging')
    expect(points.all('auditSink').map((entry) => entry.owner)).toEqual(['logging'])
  })

  it('refuses a registration after the start', () => {
    const points = new Points()
    points.seal()
    expect(() => points.register('metrics', 'disk', metrics, 'monitoring')).toThrow(/after the program has started/)
  })

  it('gives the id back when the registration is disposed', () => {
    const points = new Points()
    const dispose = points.register('metrics', 'disk', metrics, 'monitoring')
    dispose()
    expect(points.get('metrics', 'disk')).toBeUndefined()
    points.register('metrics', 'disk', metrics, 'logging')
    dispose()
    expect(points.get('metrics', 'disk')).toBe(metrics)
  })
})
