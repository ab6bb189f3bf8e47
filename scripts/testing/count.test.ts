import { expect, it } from 'vitest'
import { countReport } from './count.ts'

const file = (status: string, ...tests: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((state, number) => ({ status: state, fullName: `test ${number}` })),
})

it('sums the tests of all files and names the ones that did not run', () => {
  const report = { testResults: [file('passed', 'passed', 'pending'), file('failed', 'failed', 'passed', 'todo')] }
  expect(countReport(report)).toEqual({ passed: 2, failed: 1, skipped: ['test 1', 'test 2'] })
})

it('counts a file that could not be loaded as a failure', () => {
  expect(countReport({ testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1, skipped: [] })
})
