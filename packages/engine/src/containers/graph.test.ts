import { expect, test } from 'vitest'
import { project } from '../../test/memory/world.ts'
import { dependencyOrder, needs, selectServices } from './graph.ts'

const started = { condition: 'service_started', required: true }

test('services come after what they depend on or live in', () => {
  const model = project({
    a: { depends_on: { b: started } },
    b: { network_mode: 'service:c' },
    c: { volumes_from: ['d:ro', 'container:elsewhere'] },
    d: {},
  })
  expect(dependencyOrder(model)).toEqual(['d', 'c', 'b', 'a'])
})

test('a circle is named', () => {
  const model = project({ a: { depends_on: { b: started } }, b: { depends_on: { a: started } } })
  expect(() => dependencyOrder(model)).toThrow('services need each other: a → b → a')
})

test('what is not in the model is not waited for', () => {
  const model = project({ a: { depends_on: { off: { condition: 'service_healthy', required: false } } } })
  expect(needs(model, 'a')).toEqual([])
})

test('a selection brings what it needs, or stands alone', () => {
  const model = project({ a: { depends_on: { b: started } }, b: {}, c: {} })
  expect([...selectServices(model, ['a'], false)]).toEqual(['a', 'b'])
  expect([...selectServices(model, ['a'], true)]).toEqual(['a'])
  expect([...selectServices(model, [], false)]).toEqual(['a', 'b', 'c'])
})
