import { EngineError } from '@windflow/engine/errors'
import type { Streams } from '../streams.ts'

/** As shells count it: 128 and the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

type EndSignal = keyof typeof EXIT_CODES

/** The command was asked to end, and did so in order. */
export class Interrupted extends EngineError {
  readonly exitCode: number
  constructor(signal: EndSignal) {
    super('interrupted', `interrupted (${signal})`, { class: 'user' })
    this.name = 'Interrupted'
    this.exitCode = EXIT_CODES[signal]
  }
}

export interface Interruption {
  readonly signal: AbortSignal
  /** Signals mean again what they mean to any program. */
  dispose(): void
}

export interface InterruptionTexts {
  /** What is said when it begins to end. */
  readonly first?: string
  /** What is said when it is left at once, half done. */
  readonly second?: string
}

/**
 * Turns Ctrl-C (and SIGTERM, and the end of the terminal) into one AbortSignal. The command ends in order at the first;
 * at the second it is left at once, and the person is told what that means.
 */
export function onInterrupt(streams: Streams, texts: InterruptionTexts, leave = process.exit): Interruption {
  const controller = new AbortController()
  const handle = (name: EndSignal) => {
    if (!controller.signal.aborted) {
      if (texts.first) streams.err(`${texts.first}\n`)
      controller.abort(new Interrupted(name))
      return
    }
    // Closing a terminal sends SIGHUP after SIGINT: that is no second wish.
    if (name === 'SIGHUP') return
    if (texts.second) streams.err(`${texts.second}\n`)
    leave(EXIT_CODES[name])
  }
  const names = Object.keys(EXIT_CODES) as EndSignal[]
  for (const name of names) process.on(name, handle)
  return {
    signal: controller.signal,
    dispose() {
      for (const name of names) process.off(name, handle)
    },
  }
}
