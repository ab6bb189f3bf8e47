import { expect, it } from 'vitest'
import { markdown, type Report } from './report.ts'

const report: Report = {
  date: '2026-01-02',
  machine: '2 cores',
  engine: 'engine 20.10',
  compose: 'docker compose 5.6.0',
  windflow: 'windflow 0.1.0',
  nodeStart: 25.4,
  library: 1.234,
  libraryBudget: 2,
  rows: [
    { title: 'config', windflow: 50, compose: 100, ratio: 0.5, pairs: 9, budget: 1 },
    { title: 'slow', windflow: 1500, compose: 1000, ratio: 1.5, pairs: 9, budget: 0.8 },
    { title: 'down', windflow: 10, compose: 10, ratio: 1, pairs: 9 },
  ],
}

it('says of each row whether it keeps its budget, and nothing where there is none', () => {
  const lines = markdown(report).split('\n')
  const cells = (title: string) =>
    lines
      .find((line) => line.startsWith(`| ${title} `))
      ?.split('|')
      .slice(2, -1)
      .map((cell) => cell.trim())
  expect(cells('config')).toEqual(['50 ms', '100 ms', '0.50x', '1.0x', 'pass', '9'])
  expect(cells('slow')).toEqual(['1.50 s', '1.00 s', '1.50x', '0.8x', 'fail', '9'])
  expect(cells('down')).toEqual(['10 ms', '10 ms', '1.00x', '', '', '9'])
  expect(cells('library')?.[0]).toBe('1.23 ms')
})
