import type { ResourceRef } from '@windflow/engine'
import type { Style } from '../show/style.ts'
import type { ProgressView, StepNews } from './view.ts'
import { amount, doing, done, elapsed, isMinor, READY, resourceTitle, shortReason } from './words.ts'

const FRAME_MS = 100
const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

interface Row {
  readonly title: string
  text: string
  state: 'busy' | 'done' | 'failed'
  began: number
  ended: number
  busy: number
  /** Its gate was passed: what is removed after that is what it replaced. */
  ready: boolean
}

export interface LiveOptions {
  write(text: string): void
  readonly style: Style
  size(): { readonly columns: number; readonly rows: number }
  /** Milliseconds of the clock that the news are told in. */
  now(): number
}

/** One row for each resource, moving in place: for a terminal. */
export function liveView({ write, style, size, now }: LiveOptions): ProgressView {
  const rows = new Map<string, Row>()
  let drawn = 0
  let frame = 0
  const timer = setInterval(() => {
    frame++
    draw()
  }, FRAME_MS)
  timer.unref()

  function draw(): void {
    const { columns, rows: height } = size()
    const shown = visible([...rows.values()], Math.max(1, height - 2))
    const width = Math.max(0, ...shown.map((row) => row.title.length))
    const lines = shown.map((row) => rowText(row, width, columns, style, SPINNER[frame % SPINNER.length] ?? '', now()))
    write(`${erase()}${lines.map((text) => `${text}\n`).join('')}`)
    drawn = lines.length
  }

  function erase(): string {
    return drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : ''
  }

  return {
    news(news) {
      update(rows, news)
    },
    note(text) {
      write(`${erase()}${text}\n`)
      drawn = 0
      draw()
    },
    close() {
      clearInterval(timer)
      draw()
      drawn = 0
    },
  }
}

/** Folds news into the row of its resource. */
export function update(rows: Map<string, Row>, news: StepNews): void {
  const { step, at } = news
  const key = rowKey(step.resource)
  if (isMinor(step) && news.kind !== 'failed') return
  const row = rows.get(key) ?? {
    title: resourceTitle(step.resource),
    text: '',
    state: 'busy' as const,
    began: at,
    ended: at,
    busy: 0,
    ready: false,
  }
  rows.set(key, row)
  switch (news.kind) {
    case 'started':
      row.busy++
      row.text = doing(step)
      if (row.state !== 'failed') row.state = 'busy'
      break
    case 'progress': {
      const { current, total, message, line } = news.progress
      const said = line ?? message
      const moved = current === undefined ? '' : ` ${amount(current, total)}`
      row.text = `${doing(step)}${said ? `: ${said}` : ''}${moved}`
      break
    }
    case 'done':
      row.busy = Math.max(0, row.busy - 1)
      row.ended = at
      if (row.state === 'failed') break
      row.ready ||= step.action === 'gate'
      row.text = row.ready ? READY : done(step)
      row.state = row.busy === 0 ? 'done' : 'busy'
      break
    case 'failed':
      row.busy = Math.max(0, row.busy - 1)
      row.ended = at
      row.text = `${doing(step)} failed: ${shortReason(news.reason)}`
      row.state = 'failed'
      break
  }
}

/** What fits: what moves or failed goes before what is over. */
function visible(rows: readonly Row[], height: number): readonly Row[] {
  if (rows.length <= height) return rows
  const kept = new Set(
    [...rows].sort((a, b) => Number(a.state === 'done') - Number(b.state === 'done')).slice(0, height),
  )
  return rows.filter((row) => kept.has(row))
}

function rowText(row: Row, width: number, columns: number, style: Style, spinner: string, now: number): string {
  const time = elapsed((row.state === 'busy' ? now : row.ended) - row.began)
  const room = Math.max(8, columns - width - time.length - 8)
  const firstLine = row.text.split('\n', 1)[0] ?? ''
  const text = firstLine.length > room ? `${firstLine.slice(0, room - 1)}…` : firstLine
  const mark = row.state === 'busy' ? style.cyan(spinner) : row.state === 'done' ? style.green('✔') : style.red('✘')
  const words = row.state === 'failed' ? style.red(text) : row.state === 'done' ? style.green(text) : text
  return ` ${mark} ${row.title.padEnd(width)}  ${words}${' '.repeat(Math.max(1, room - text.length + 1))}${style.dim(time)}`
}

function rowKey({ kind, name, instance }: ResourceRef): string {
  return `${kind}/${name}/${instance ?? 1}`
}
