import type { EngineClient } from '../api/client.ts'
import { inspectContainer } from '../api/containers.ts'
import { demultiplex } from '../streams/demultiplex.ts'

const LOG_LINES = 20
const LINE_LENGTH = 500

/** The last lines of an output, for the error of what wrote it. */
export class Tail {
  readonly #limit: number
  readonly #lines: string[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(line: string): void {
    if (line.trim() === '') return
    this.#lines.push(line.slice(0, LINE_LENGTH))
    if (this.#lines.length > this.#limit) this.#lines.shift()
  }

  get lines(): readonly string[] {
    return this.#lines
  }
}

/** What a container wrote last, for an error about it. Never fails: the error stands without it. */
export async function lastLines(
  engine: EngineClient,
  container: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tail = new Tail(LOG_LINES)
  try {
    const { Config } = await inspectContainer(engine, container, signal)
    const path = `/containers/${encodeURIComponent(container)}/logs`
    const answer = await engine.stream('GET', path, { query: { stdout: true, stderr: true, tail: LOG_LINES }, signal })
    let text = ''
    for await (const { data } of demultiplex(answer, Config.Tty)) text += Buffer.from(data).toString('utf8')
    for (const line of text.split(/\r?\n/)) tail.add(line)
  } catch {
    return []
  }
  return tail.lines
}
