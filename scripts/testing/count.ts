import { readFileSync } from 'node:fs'

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Sums of one report: a file that could not even be loaded counts as one failed test. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  /** Full names of the tests that did not run. */
  readonly skipped: readonly string[]
}

/** Counts the tests of a Vitest JSON report. */
export function countReport(report: Report): Counts {
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const withStatus = (status: string) => tests.filter((test) => test.status === status)
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  )
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed')
  return {
    passed: withStatus('passed').length,
    failed: withStatus('failed').length + unloaded.length,
    skipped: skipped.map((test) => test.fullName),
  }
}

/** Prints `PASSED FAILED SKIPPED`, then the name of each test that did not run, one a line. */
function main(file: string): void {
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  const counts = countReport(report)
  console.log(`${counts.passed} ${counts.failed} ${counts.skipped.length}`)
  for (const name of counts.skipped) console.log(name)
}

if (import.meta.main && process.argv[2]) main(process.argv[2])
