import type { Duplex } from 'node:stream'

/** Opens connections to one engine. One per target; the client keeps and reuses what it opens. */
export interface Dialer {
  /** For messages: `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`. Holds no secret. */
  readonly address: string
  /** A new connection, ready or (a socket) about to be. Rejects with an `EngineError`, or with a system error. */
  dial(): Duplex | Promise<Duplex>
  /** Ends what is shared by the connections (an SSH session). */
  close(): Promise<void>
}
