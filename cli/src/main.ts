import { run } from './run.ts'
import { processStreams } from './streams.ts'

// The launcher sets it for this process alone: it must not be seen by interpolation, nor by programs started from here.
if (process.env.WINDFLOW_COMPILE_CACHE) {
  delete process.env.WINDFLOW_COMPILE_CACHE
  delete process.env.NODE_COMPILE_CACHE
}

run(process.argv.slice(2), processStreams()).then((code) => process.exit(code))
