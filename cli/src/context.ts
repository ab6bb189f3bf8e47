import type { Streams } from './streams.ts'

/** What every command gets from the edge. */
export interface CommandContext {
  readonly streams: Streams
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Of WindFlow. */
  readonly version: string
}
