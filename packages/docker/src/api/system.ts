import type { EngineClient } from './client.ts'
import type { EngineInfo } from './types.ts'

export function engineInfo(engine: EngineClient, signal?: AbortSignal): Promise<EngineInfo> {
  return engine.json('GET', '/info', { signal })
}
