/**
 * What a container has to show before its release counts as good. Times in milliseconds.
 * `running`: it runs. `ready`: its health check says healthy or, where neither the model nor the image has one, it ran
 * for `stableMs` since its own start without a restart. `completed`: it ended with exit code 0.
 */
export type GateSpec = {
  readonly kind: 'running' | 'ready' | 'completed'
  readonly stableMs: number
  /** From the first look; passing it fails the gate. */
  readonly timeoutMs: number
  /** Ending with exit code 0 is good too: its restart policy lets it rest. */
  readonly mayComplete: boolean
  /** Asked of the container's own address after the rest of the gate has passed. */
  readonly http?: HttpProbe
  readonly tcp?: TcpProbe
}

export type HttpProbe = {
  readonly port: number
  readonly path: string
  readonly scheme: 'http' | 'https'
  /** Lowest and highest status code taken as good. */
  readonly status: readonly [number, number]
}

export type TcpProbe = { readonly port: number }

/** One look at a container. Times in milliseconds of one clock. */
export interface GateSample {
  readonly at: number
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead' | 'gone'
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** When the container's process was last started, on the same clock as `at`. */
  readonly startedAt?: number
  readonly restartCount: number
  readonly exitCode?: number
  readonly oomKilled?: boolean
  /** Last words of the health check. */
  readonly healthOutput?: string
  /** Outcome of the HTTP or TCP probe, when one was made with this look. */
  readonly probe?: { readonly ok: boolean; readonly message: string }
}
