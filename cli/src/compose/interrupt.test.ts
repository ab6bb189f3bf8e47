import { afterEach, describe, expect, it } from 'vitest'
import { recordingStreams } from '../../test/recording-streams.ts'
import { Interrupted, type Interruption, onInterrupt } from './interrupt.ts'

let interruption: Interruption | undefined
afterEach(() => interruption?.dispose())

function listening() {
  const streams = recordingStreams()
  const left: (number | string | null | undefined)[] = []
  const texts = { first: 'ending in order', second: 'left half done' }
  const started = onInterrupt(streams, texts, (code) => left.push(code) as unknown as never)
  interruption = started
  return { streams, left, signal: started.signal }
}

describe('Ctrl-C', () => {
  it('aborts the one signal of the command, and says that it ends', () => {
    const { streams, left, signal } = listening()
    process.emit('SIGINT', 'SIGINT')
    expect(signal.reason).toBeInstanceOf(Interrupted)
    expect(signal.reason).toMatchObject({ exitCode: 130 })
    expect(streams.said.err).toBe('ending in order\n')
    expect(left).toEqual([])
  })

  it('leaves at once the second time, and says what that means', () => {
    const { streams, left } = listening()
    process.emit('SIGTERM', 'SIGTERM')
    process.emit('SIGINT', 'SIGINT')
    expect(streams.said.err).toBe('ending in order\nleft half done\n')
    expect(left).toEqual([130])
  })

  it('is not given twice by closing the terminal', () => {
    const { left } = listening()
    process.emit('SIGINT', 'SIGINT')
    process.emit('SIGHUP', 'SIGHUP')
    expect(left).toEqual([])
  })

  it('means what it always means when the command is over', () => {
    const before = process.listenerCount('SIGINT')
    listening()
    expect(process.listenerCount('SIGINT')).toBe(before + 1)
    interruption?.dispose()
    expect(process.listenerCount('SIGINT')).toBe(before)
  })
})
