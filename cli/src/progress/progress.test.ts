import type { ResourceRef, Step } from '@windflow/engine'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PLAIN } from '../show/style.ts'
import { liveView } from './live.ts'
import { plainView } from './plain.ts'
import { jsonView, type ProgressView, type StepNews } from './view.ts'

function step(action: string, resource: ResourceRef): Step {
  return {
    id: `${action}/${resource.name}`,
    phase: 'change',
    action,
    resource,
    after: [],
    timeoutMs: 1,
    writes: true,
    parameters: {},
  }
}

const web = { kind: 'service', name: 'web', instance: 1 } as const
const second = { kind: 'service', name: 'web', instance: 2 } as const
const network = { kind: 'network', name: 'default' } as const

const NEWS: readonly StepNews[] = [
  { kind: 'started', step: step('create-network', network), at: 0 },
  { kind: 'done', step: step('create-network', network), at: 100 },
  { kind: 'started', step: step('pull', { kind: 'image', name: 'web:1' }), at: 0 },
  {
    kind: 'progress',
    step: step('pull', { kind: 'image', name: 'web:1' }),
    at: 5,
    progress: { current: 1_500_000, total: 3_000_000 },
  },
  { kind: 'done', step: step('pull', { kind: 'image', name: 'web:1' }), at: 2_100 },
  { kind: 'started', step: step('rename', web), at: 2_100 },
  { kind: 'done', step: step('rename', web), at: 2_110 },
  { kind: 'started', step: step('gate', web), at: 2_200 },
  { kind: 'progress', step: step('gate', web), at: 2_300, progress: { message: 'health: starting' } },
  { kind: 'progress', step: step('gate', web), at: 2_400, progress: { message: 'health: starting' } },
  { kind: 'done', step: step('gate', web), at: 14_200 },
  { kind: 'done', step: step('remove', web), at: 14_200 },
  { kind: 'started', step: step('start', second), at: 14_200 },
  { kind: 'failed', step: step('start', second), at: 14_300, reason: 'port 80 is taken' },
]

function told(view: ProgressView): void {
  for (const news of NEWS) view.news(news)
  view.note('putting the previous release back')
  view.close()
}

describe('progress in plain lines', () => {
  it('gives the reason of a failure in one line; the rest comes with the report', () => {
    let text = ''
    const view = plainView((part) => (text += part), PLAIN)
    view.news({
      kind: 'failed',
      step: step('gate', web),
      at: 1,
      reason: 'service web: exited with code 1\n  oops',
    })
    expect(text).toBe('web  waiting failed: service web: exited with code 1\n')
  })

  it('tells what is over, what takes long, and why something failed', () => {
    let text = ''
    told(plainView((part) => (text += part), PLAIN))
    expect(text.split('\n')).toEqual([
      'network default  created',
      'image web:1  pulling',
      'image web:1  pulled after 2.1 s',
      'web  health: starting',
      'web  ready after 12 s',
      'web  old one removed',
      'web#2  starting failed: port 80 is taken',
      'putting the previous release back',
      '',
    ])
  })
})

describe('progress for programs', () => {
  it('is one JSON object a line', () => {
    let text = ''
    told(
      jsonView(
        (part) => (text += part),
        () => new Date(0),
      ),
    )
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(NEWS.length + 1)
    expect(lines[3]).toMatchObject({
      state: 'progress',
      action: 'pull',
      current: 1_500_000,
      time: '1970-01-01T00:00:00.000Z',
    })
    expect(lines[13]).toMatchObject({ state: 'failed', reason: 'port 80 is taken', resource: second })
    expect(lines[14]).toEqual({ time: '1970-01-01T00:00:00.000Z', note: 'putting the previous release back' })
  })
})

describe('progress on a terminal', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends with one row for each resource', () => {
    let text = ''
    told(
      liveView({
        write: (part) => (text += part),
        style: PLAIN,
        size: () => ({ columns: 80, rows: 20 }),
        now: () => 15_000,
      }),
    )
    const last = text
      .slice(text.lastIndexOf('\u001b[0J') + 4)
      .trimEnd()
      .split('\n')
    expect(last.map((line) => line.replace(/ +/g, ' ').trim())).toEqual([
      '✔ network default created 0.1 s',
      '✔ image web:1 pulled 2.1 s',
      '✔ web ready 12 s',
      '✘ web#2 starting failed: port 80 is taken 0.1 s',
    ])
    expect(Math.max(...last.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('moves between news', () => {
    const frames: string[] = []
    const view = liveView({
      write: (part) => frames.push(part),
      style: PLAIN,
      size: () => ({ columns: 60, rows: 20 }),
      now: () => 3_000,
    })
    for (const news of NEWS.slice(0, 4)) view.news(news)
    vi.advanceTimersByTime(250)
    expect(frames).toHaveLength(2)
    expect(frames[1]).toContain('pulling 1.5 MB of 3.0 MB')
    expect(frames[1]).toContain('3.0 s')
    view.close()
  })

  it('keeps to the height of the terminal, with what moves on top', () => {
    const frames: string[] = []
    const view = liveView({
      write: (part) => frames.push(part),
      style: PLAIN,
      size: () => ({ columns: 60, rows: 4 }),
      now: () => 3_000,
    })
    for (const news of NEWS) view.news(news)
    view.close()
    const lines = frames.at(-1)?.trimEnd().split('\n') ?? []
    expect(lines).toHaveLength(2)
    expect(lines.join()).toContain('web#2')
  })
})
