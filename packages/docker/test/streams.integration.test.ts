import { type AddressInfo, createServer, connect as dial } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ExecSession, LogLine, LogOptions, TargetEvent } from '@windflow/engine'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createContainer,
  createVolume,
  type EngineClient,
  removeContainer,
  removeVolume,
  startContainer,
  stopContainer,
} from '../src/api/index.ts'
import {
  attachContainer,
  execInContainer,
  execInService,
  projectEvents,
  projectLogs,
  projectStats,
  projectStatsOnce,
} from '../src/streams/index.ts'
import { connect } from '../src/targets/index.ts'

const PROJECT = `streams-${process.pid}`
const DEADLINE_MS = 30_000
let engine: EngineClient
const made: string[] = []

beforeAll(async () => {
  engine = await connect({ url: process.env.DOCKER_HOST ?? '' })
})
afterAll(() => engine.close())
afterEach(async () => {
  for (const id of made.splice(0)) await removeContainer(engine, id, { force: true, volumes: true })
})

async function run(service: string, script: string, more: Record<string, unknown> = {}, number = 1): Promise<string> {
  const { Id: id } = await createContainer(engine, `${PROJECT}-${service}-${number}`, {
    Image: 'busybox:1',
    Cmd: ['sh', '-c', script],
    StopTimeout: 0,
    Labels: {
      'com.docker.compose.project': PROJECT,
      'com.docker.compose.service': service,
      'com.docker.compose.container-number': String(number),
      'com.docker.compose.oneoff': 'False',
    },
    ...more,
  })
  made.push(id)
  await startContainer(engine, id)
  return id
}

async function logs(options: LogOptions): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const line of projectLogs(engine, PROJECT, options, AbortSignal.timeout(DEADLINE_MS))) lines.push(line)
  return lines
}

const signal = () => AbortSignal.timeout(DEADLINE_MS)

async function output(session: ExecSession) {
  const [stdout, stderr, exit] = await Promise.all([
    new Response(session.stdout).text(),
    new Response(session.stderr).text(),
    session.exit,
  ])
  return { stdout, stderr, exit }
}

describe('logs', () => {
  it('of several containers come in the order of time, with service, number, stream and time', async () => {
    const web = await run('web', 'echo first; exec sleep 60')
    const db = await run('db', 'exec sleep 60', {}, 2)
    const say = async (id: string, command: string) => {
      const session = await execInContainer(engine, id, { command: ['sh', '-c', command] }, signal())
      return session.exit
    }
    await say(db, 'echo second > /proc/1/fd/1')
    await say(web, 'echo third > /proc/1/fd/2')
    const lines = await logs({ timestamps: true })
    expect(lines.map(({ text }) => text)).toEqual(['first', 'second', 'third'])
    expect(lines[1]).toMatchObject({ service: 'db', instance: 2, container: `${PROJECT}-db-2`, stream: 'stdout' })
    expect(lines[2]).toMatchObject({ stream: 'stderr', time: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/) })
    expect((await logs({ services: ['db'], tail: 5 })).map(({ text }) => text)).toEqual(['second'])
    expect(await logs({ until: '1h' })).toEqual([])
    expect(await logs({ since: '1h' })).toHaveLength(3)
    expect(lines.every(({ time }) => time !== undefined)).toBe(true)
    expect((await logs({})).every(({ time }) => time === undefined)).toBe(true)
  })

  it('give a long line back in one piece, though the engine keeps it in several', async () => {
    await run('web', 'head -c 100000 /dev/zero | tr "\\0" x; echo; echo after')
    const lines = await logs({ follow: true })
    expect(lines.map(({ text }) => text.length)).toEqual([100_000, 5])
  })

  it('of a terminal have lines, too', async () => {
    await run('web', 'echo one; echo two', { Tty: true })
    expect((await logs({ follow: true })).map(({ text }) => text)).toEqual(['one', 'two'])
  })

  it('followed, take in what is started meanwhile, go on over a restart, and end when nothing runs', async () => {
    const first = await run('web', 'echo web up; exec sleep 60', { HostConfig: { Init: true } })
    const seen: string[] = []
    let second: string | undefined
    const all = projectLogs(engine, PROJECT, { follow: true }, AbortSignal.timeout(DEADLINE_MS))
    for await (const { service, text } of all) {
      seen.push(`${service}: ${text}`)
      if (seen.length === 1) second = await run('db', 'echo db up; exec sleep 60', { HostConfig: { Init: true } })
      if (seen.length === 2) {
        await stopContainer(engine, first)
        await startContainer(engine, first)
      }
      if (seen.length === 3) await Promise.all([first, second ?? ''].map((id) => stopContainer(engine, id)))
    }
    expect(seen).toEqual(['web: web up', 'db: db up', 'web: web up'])
  })

  it('followed, end at the signal', async () => {
    await run('web', 'echo up; exec sleep 60')
    const stop = new AbortController()
    const lines = projectLogs(engine, PROJECT, { follow: true }, stop.signal)
    expect(await lines.next()).toMatchObject({ value: { text: 'up' } })
    stop.abort(new Error('enough'))
    await expect(lines.next()).rejects.toThrow('enough')
  })

  it('are not fetched faster than they are read', async () => {
    await run('web', 'yes "$(head -c 1000 /dev/zero | tr "\\0" y)" | head -c 40000000', {
      HostConfig: { LogConfig: { Type: 'json-file', Config: {} } },
    })
    let passed = 0
    const between = createServer((incoming) => {
      const outgoing = dial({ path: (process.env.DOCKER_HOST ?? '').replace('unix://', '') })
      const count = new Transform({
        transform(chunk, _encoding, done) {
          passed += chunk.length
          done(null, chunk)
        },
      })
      for (const socket of [incoming, outgoing]) socket.on('error', () => {})
      incoming.pipe(outgoing).pipe(count).pipe(incoming)
    })
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
    const slow = await connect({ url: `tcp://127.0.0.1:${(between.address() as AddressInfo).port}` })
    try {
      const lines = projectLogs(slow, PROJECT, { follow: true }, signal())
      await lines.next()
      await sleep(1500)
      expect(passed).toBeGreaterThan(0)
      expect(passed).toBeLessThan(15_000_000)
      await lines.return()
    } finally {
      await slow.close()
      between.close()
    }
  })

  it('of a driver that keeps none say so', async () => {
    await run('web', 'echo lost', { HostConfig: { LogConfig: { Type: 'none', Config: {} } } })
    expect(await logs({})).toMatchObject([{ stream: 'stderr', text: expect.stringContaining('cannot be read') }])
  })

  it('of a driver that keeps none say so once, however long the container runs', async () => {
    await run('web', 'sleep 60', { HostConfig: { LogConfig: { Type: 'none', Config: {} } } })
    expect(await logs({ follow: true })).toMatchObject([{ text: expect.stringContaining('cannot be read') }])
  })
})

describe('exec', () => {
  it('keeps output and errors apart and tells the exit code', async () => {
    await run('web', 'exec sleep 60')
    const command = ['sh', '-c', 'echo out; echo err >&2; echo $WHO $(pwd); exit 42']
    const session = await execInService(
      engine,
      PROJECT,
      'web',
      { command, env: { WHO: 'me' }, workdir: '/tmp' },
      signal(),
    )
    expect(await output(session)).toEqual({ stdout: 'out\nme /tmp\n', stderr: 'err\n', exit: 42 })
  })

  it('passes input on, and its end', async () => {
    const id = await run('web', 'exec sleep 60')
    const session = await execInContainer(engine, id, { command: ['wc', '-c'], interactive: true }, signal())
    const writer = session.stdin.getWriter()
    for (let i = 0; i < 50; i++) await writer.write(new Uint8Array(20_000))
    await writer.close()
    expect(await output(session)).toEqual({ stdout: '1000000\n', stderr: '', exit: 0 })
  })

  it('gives a terminal of the size asked for', async () => {
    const id = await run('web', 'exec sleep 60')
    const command = ['sh', '-c', 'read go; stty size']
    const session = await execInContainer(engine, id, { command, tty: true, interactive: true }, signal())
    await session.resize(120, 33)
    const writer = session.stdin.getWriter()
    await writer.write(Buffer.from('go\n'))
    expect((await output(session)).stdout).toContain('33 120')
  })

  it('detached, returns at once and runs on', async () => {
    const id = await run('web', 'exec sleep 60')
    const command = ['sh', '-c', 'sleep 0.2; touch /tmp/done']
    await expect((await execInContainer(engine, id, { command, detach: true }, signal())).exit).resolves.toBe(0)
    const check = async () => {
      const session = await execInContainer(engine, id, { command: ['test', '-e', '/tmp/done'] }, signal())
      return (await output(session)).exit
    }
    await expect.poll(check, { timeout: 5000 }).toBe(0)
  })

  it('ends at the signal', async () => {
    const id = await run('web', 'exec sleep 60')
    const stop = new AbortController()
    const session = await execInContainer(engine, id, { command: ['sleep', '60'] }, stop.signal)
    stop.abort(new Error('no more'))
    await expect(session.exit).rejects.toThrow('no more')
  })

  it('says so when nothing runs, or the command is not there', async () => {
    await expect(execInService(engine, PROJECT, 'web', { command: ['true'] }, signal())).rejects.toMatchObject({
      code: 'container-not-running',
      message: expect.stringContaining('"web"'),
    })
    const id = await run('web', 'exec sleep 60')
    const session = await execInContainer(engine, id, { command: ['no-such-program'] }, signal())
    expect((await output(session)).exit).toBeGreaterThan(125)
  })
})

describe('attach', () => {
  it('talks to the main process and tells how it ended', async () => {
    const id = await run('web', 'read line; echo "got $line"; exit 5', { OpenStdin: true, StdinOnce: true })
    const session = await attachContainer(engine, id, { interactive: true }, AbortSignal.timeout(DEADLINE_MS))
    const writer = session.stdin.getWriter()
    await writer.write(Buffer.from('hello\n'))
    expect(await output(session)).toEqual({ stdout: 'got hello\n', stderr: '', exit: 5 })
  })
})

describe('stats', () => {
  it('tell the busy from the idle, and what a process holds', async () => {
    await run('busy', 'while :; do :; done', { HostConfig: { Memory: 64 * 1024 * 1024 } })
    await run('idle', 'exec sleep 60')
    const [busy, idle] = await projectStatsOnce(engine, PROJECT, AbortSignal.timeout(DEADLINE_MS))
    expect(busy).toMatchObject({ service: 'busy', instance: 1, memoryLimitBytes: 64 * 1024 * 1024, pids: 1 })
    expect(busy?.memoryBytes).toBeGreaterThan(0)
    expect(busy?.cpu).toBeGreaterThan(idle?.cpu ?? 1)
    // One process keeps one core busy at most; how much it gets depends on what else runs.
    expect(busy?.cpu).toBeLessThan(1.5)
  })

  it('come again and again, also of what is started meanwhile', async () => {
    await run('web', 'exec sleep 60')
    const seen = new Set<string>()
    for await (const { service } of projectStats(engine, PROJECT, AbortSignal.timeout(DEADLINE_MS))) {
      if (seen.size === 0) await run('late', 'exec sleep 60')
      seen.add(service)
      if (seen.size === 2) break
    }
    expect([...seen].sort()).toEqual(['late', 'web'])
  })
})

describe('events', () => {
  it('tell what happens to the containers and volumes of the project, and to nothing else', async () => {
    const stop = new AbortController()
    const seen: TargetEvent[] = []
    const reading = (async () => {
      for await (const event of projectEvents(engine, PROJECT, stop.signal)) seen.push(event)
    })().catch(() => {})
    const labels = { 'com.docker.compose.project': PROJECT }
    // The first reading connects meanwhile: keep making events until one is seen.
    await expect
      .poll(
        async () => {
          await createVolume(engine, { Name: `${PROJECT}_data`, Labels: labels })
          await removeVolume(engine, `${PROJECT}_data`)
          return seen.length
        },
        { timeout: DEADLINE_MS },
      )
      .toBeGreaterThan(0)
    await createVolume(engine, { Name: `other-${PROJECT}` })
    await removeVolume(engine, `other-${PROJECT}`)
    const id = await run('web', 'true')
    await expect.poll(() => seen.find(({ action }) => action === 'die')?.id, { timeout: DEADLINE_MS }).toBe(id)
    expect(seen).toContainEqual(expect.objectContaining({ resource: 'container', action: 'start', service: 'web', id }))
    expect(seen.filter(({ resource }) => resource === 'volume').every((event) => event.id === `${PROJECT}_data`)).toBe(
      true,
    )
    stop.abort()
    await reading
  })
})
