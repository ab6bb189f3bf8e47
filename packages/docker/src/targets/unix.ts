import net from 'node:net'
import type { Dialer } from '../api/dialer.ts'

/** Connections to an engine's socket file. */
export function unixDialer(path: string): Dialer {
  return {
    address: `unix://${path}`,
    dial: () => net.connect({ path }),
    close: async () => {},
  }
}
