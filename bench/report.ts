import type { Comparison } from './statistics.ts'

/** One line of the table. */
export interface Row extends Comparison {
  readonly title: string
  readonly budget?: number
}

/** Everything one run of the bench found. */
export interface Report {
  readonly date: string
  readonly machine: string
  readonly engine: string
  readonly compose: string
  readonly windflow: string
  /** Median of a Node process that does nothing, ms: the floor below which no `windflow` command can be. */
  readonly nodeStart: number
  /** Median of one call of the library that loads a 10-service file, ms. */
  readonly library: number
  readonly libraryBudget: number
  readonly rows: readonly Row[]
}

/** Whether a row keeps its budget; undefined when it has none. */
export function withinBudget(row: Row): boolean | undefined {
  return row.budget === undefined ? undefined : row.ratio <= row.budget
}

/** The report as a Markdown table with its circumstances below. */
export function markdown(report: Report): string {
  const rows = report.rows.map((row) => [
    row.title,
    time(row.windflow),
    time(row.compose),
    `${row.ratio.toFixed(2)}x`,
    row.budget === undefined ? '' : `${row.budget.toFixed(1)}x`,
    verdict(withinBudget(row)),
    String(row.pairs),
  ])
  const library = verdict(report.library <= report.libraryBudget)
  rows.push(
    ['library call, 10 services', time(report.library), '', '', time(report.libraryBudget), library, ''],
    ['a Node process that does nothing', time(report.nodeStart), '', '', '', '', ''],
  )
  const head = ['what', 'windflow', 'docker compose', 'ratio', 'budget', '', 'pairs']
  return [
    table([head, ...rows]),
    '',
    `Medians; the ratio is the median of the ratios of interleaved pairs. ${report.windflow} against ${report.compose} on`,
    `the same engine (${report.engine}) in the same run, ${report.date}; ${report.machine}.`,
    '',
  ].join('\n')
}

function verdict(kept: boolean | undefined): string {
  if (kept === undefined) return ''
  return kept ? 'pass' : 'fail'
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...body.map(line)].join('\n')
}

function time(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`
}
