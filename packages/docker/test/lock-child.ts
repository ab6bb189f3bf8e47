/**
 * A process that takes a project's lock, says so, and holds it until its standard input ends. Arguments: socket, project,
 * time to wait in ms. With FOREIGN it passes for a process of another host, and with BEAT/DEAD it has other times.
 */
import { EngineClient } from '../src/api/client.ts'
import { takeLock } from '../src/lock/lock.ts'
import { unixDialer } from '../src/targets/unix.ts'

const [, , socket = '', project = '', wait = '0'] = process.argv
const engine = new EngineClient(unixDialer(socket))
const times = { beatMs: Number(process.env.BEAT ?? 2000), deadMs: Number(process.env.DEAD ?? 10_000) }
const lock = await takeLock(
  engine,
  project,
  { description: `child ${process.pid}` },
  Number(wait),
  new AbortController().signal,
  times,
)
lock.lost.addEventListener('abort', () => process.stdout.write('lost\n'))
process.stdout.write('taken\n')
process.stdin.resume()
process.stdin.on('end', async () => {
  await lock.release()
  process.stdout.write('released\n')
  await engine.close()
  process.exit(0)
})
