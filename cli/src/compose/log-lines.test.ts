import type { LogLine } from '@windflow/engine'
import { describe, expect, it } from 'vitest'
import { recordingStreams } from '../../test/recording-streams.ts'
import { PLAIN } from '../show/style.ts'
import { type LogLineOptions, logPrinter } from './log-lines.ts'

const LINES: readonly LogLine[] = [
  {
    service: 'web',
    instance: 1,
    container: 'shop-web-1',
    stream: 'stdout',
    text: 'listening',
    time: '2026-01-02T13:23:37Z',
  },
  { service: 'db', instance: 1, container: 'the-database', stream: 'stderr', text: 'ready' },
]

function printed(options: Partial<LogLineOptions>): { out: string; err: string } {
  const streams = recordingStreams()
  const print = logPrinter({
    project: 'shop',
    streams,
    style: PLAIN,
    prefix: true,
    timestamps: false,
    json: false,
    ...options,
  })
  for (const line of LINES) print(line)
  return streams.said
}

describe('log lines', () => {
  it('carry the name of the container, and keep to the stream they were written to', () => {
    expect(printed({})).toEqual({ out: 'web-1  | listening\n', err: 'the-database  | ready\n' })
  })

  it('can do without the name, and with the time', () => {
    expect(printed({ prefix: false, timestamps: true })).toEqual({
      out: '2026-01-02T13:23:37Z listening\n',
      err: 'ready\n',
    })
  })

  it('are objects for programs', () => {
    const { out, err } = printed({ json: true })
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(LINES)
    expect(err).toBe('')
  })
})
