import { load, memorySource } from '@windflow/compose'
import { stackFile } from './stack.ts'
import { median } from './statistics.ts'

/** Calls before the first one that counts, so that the code is compiled as it would be in a server. */
const WARM_UP = 300

/**
 * Median milliseconds of one library call that loads a Compose file of `services` services, in a warm process.
 * @throws Error when the file is not accepted.
 */
export function measureLibrary(services: number): number {
  const path = '/project/compose.yaml'
  const text = stackFile(services)
  const samples: number[] = []
  for (let call = 0; call < WARM_UP + 200; call++) {
    const begin = performance.now()
    const { model, diagnostics } = load([path], {
      env: {},
      source: memorySource({ [path]: text }),
      projectDirectory: '/project',
    })
    const elapsed = performance.now() - begin
    if (Object.keys(model?.services ?? {}).length !== services) {
      throw new Error(`the library refused the file of the bench: ${diagnostics[0]?.message ?? 'no model'}`)
    }
    if (call >= WARM_UP) samples.push(elapsed)
  }
  return median(samples)
}
