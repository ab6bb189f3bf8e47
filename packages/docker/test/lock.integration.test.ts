import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { mustRun, runCommand } from '../../../scripts/testing/command.ts'
import { createVolume, listVolumes, removeVolume } from '../src/api/index.ts'
import { takeLock } from '../src/lock/lock.ts'
import { holderLabels, newHolder } from '../src/lock/owner.ts'
import { openBench } from './harness.ts'

const bench = openBench()
const signal = new AbortController().signal
const children: Child[] = []
const projects: string[] = []

class Child {
  readonly process: ChildProcessWithoutNullStreams
  #said = ''

  constructor(project: string, waitMs: number, env: Readonly<Record<string, string>> = {}) {
    const script = fileURLToPath(new URL('lock-child.ts', import.meta.url))
    const socket = (process.env.DOCKER_HOST ?? '').replace(/^unix:\/\//, '')
    this.process = spawn(process.execPath, [script, socket, project, String(waitMs)], {
      env: { ...process.env, ...env },
    })
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
    children.push(this)
  }

  get said(): string {
    return this.#said
  }

  async says(word: string): Promise<void> {
    for (let tries = 0; tries < 400 && !this.#said.includes(word); tries++) await sleep(50)
    expect(this.#said).toContain(word)
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const gone = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill('SIGKILL')
    await gone
  }
}

function newProject(): string {
  const project = `wf-lock-${Math.random().toString(36).slice(2, 8)}`
  projects.push(project)
  return project
}

async function leftovers(project: string): Promise<string[]> {
  const volumes = await listVolumes(bench.client, { name: ['windflow-'] })
  return volumes.map(({ Name }) => Name).filter((name) => name.includes(project))
}

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill()
  for (const project of projects.splice(0))
    for (const name of await leftovers(project)) await removeVolume(bench.client, name, { force: true })
})
afterAll(() => bench.driver.close())

describe('the lock of a project', () => {
  test('is held by one process; the next one gets it when that one is done', async () => {
    const project = newProject()
    const first = new Child(project, 0)
    await first.says('taken')
    await expect(takeLock(bench.client, project, { description: 'me' }, 100, signal)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`child ${first.process.pid}`),
    })
    const second = new Child(project, 60_000)
    first.process.stdin.end()
    await first.says('released')
    await second.says('taken')
    second.process.stdin.end()
    await second.says('released')
    expect(await leftovers(project)).toEqual([])
  })

  test('of a process that was killed is free at once on the same host', async () => {
    const project = newProject()
    const child = new Child(project, 0)
    await child.says('taken')
    await child.kill()
    const lock = await takeLock(bench.client, project, { description: 'me' }, 0, signal)
    await lock.release()
    expect(await leftovers(project)).toEqual([])
  })

  test('of a process on another host is free when it gave no sign of life for long enough', async () => {
    const project = newProject()
    const holder = { ...newHolder('elsewhere'), place: 'another boot', pid: process.pid }
    await createVolume(bench.client, { Name: `windflow-lock-${project}`, Labels: holderLabels(holder) })
    const times = { beatMs: 100, deadMs: 1000 }
    await expect(takeLock(bench.client, project, { description: 'me' }, 300, signal, times)).rejects.toThrow(
      'elsewhere',
    )
    const lock = await takeLock(bench.client, project, { description: 'me' }, 60_000, signal, times)
    await lock.release()
    expect(await leftovers(project)).toEqual([])
  })

  test('of a process on another host is kept while that one gives signs of life', async () => {
    const project = newProject()
    const holder = { ...newHolder('elsewhere'), place: 'another boot', pid: process.pid }
    await createVolume(bench.client, { Name: `windflow-lock-${project}`, Labels: holderLabels(holder) })
    let beat = 0
    const beating = setInterval(() => {
      beat += 1
      const name = `windflow-lock-${project}.${holder.nonce}.${String(beat).padStart(8, '0')}`
      createVolume(bench.client, { Name: name }).catch(() => {})
    }, 200)
    try {
      const times = { beatMs: 200, deadMs: 1500 }
      await expect(takeLock(bench.client, project, { description: 'me' }, 4000, signal, times)).rejects.toMatchObject({
        code: 'locked',
      })
    } finally {
      clearInterval(beating)
    }
  })

  test('gives signs of life and survives somebody clearing unused volumes away', async () => {
    const project = newProject()
    const lock = await takeLock(bench.client, project, { description: 'me' }, 0, signal, { beatMs: 50, deadMs: 10_000 })
    for (let tries = 0; tries < 100 && (await leftovers(project)).length < 2; tries++) await sleep(50)
    for (const name of await leftovers(project)) await removeVolume(bench.client, name, { force: true }).catch(() => {})
    for (let tries = 0; tries < 100 && (await leftovers(project)).length < 2; tries++) await sleep(50)
    expect(await leftovers(project)).toContain(`windflow-lock-${project}`)
    expect(lock.lost.aborted).toBe(false)
    await lock.release()
    expect(await leftovers(project)).toEqual([])
  })

  test('says that it is lost when somebody else has it', async () => {
    const project = newProject()
    const lock = await takeLock(bench.client, project, { description: 'me' }, 0, signal, { beatMs: 50, deadMs: 10_000 })
    await removeVolume(bench.client, `windflow-lock-${project}`)
    const thief = await createVolume(bench.client, {
      Name: `windflow-lock-${project}`,
      Labels: holderLabels(newHolder('thief')),
    })
    // Between the two, a sign of life may have made ours again: then nobody took it.
    if (thief.Labels?.['windflow.lock.description'] === 'thief') {
      for (let tries = 0; tries < 100 && !lock.lost.aborted; tries++) await sleep(50)
      expect(lock.lost.aborted).toBe(true)
      expect(await leftovers(project)).toContain(`windflow-lock-${project}`)
    }
    await lock.release()
  })

  test('left by a dead process goes to exactly one of many that want it, one after the other', async () => {
    const project = newProject()
    const child = new Child(project, 0)
    await child.says('taken')
    await child.kill()
    let holders = 0
    let most = 0
    const taken = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const lock = await takeLock(bench.client, project, { description: `taker ${index}` }, 100_000, signal)
        holders += 1
        most = Math.max(most, holders)
        await sleep(20)
        holders -= 1
        await lock.release()
        return index
      }),
    )
    expect(taken).toHaveLength(12)
    expect(most).toBe(1)
    expect(await leftovers(project)).toEqual([])
  })

  test('of a dead process is given only when the stop it had asked for is done', async () => {
    const project = newProject()
    const name = `${project}-web-1`
    const label = `com.docker.compose.project=${project}`
    await mustRun('docker', [
      'run',
      '-d',
      '--name',
      name,
      '-l',
      label,
      '--stop-timeout',
      '2',
      'busybox:1',
      'sleep',
      '99',
    ])
    onTestFinished(async () => {
      await runCommand('docker', ['rm', '-f', name])
    })
    const dead = { ...newHolder('dead'), pidStart: '1' }
    await createVolume(bench.client, { Name: `windflow-lock-${project}`, Labels: holderLabels(dead) })
    const stop = mustRun('docker', ['stop', name])
    while (
      !(await mustRun('docker', ['events', '--since', '10s', '--until', '0s', '-f', `container=${name}`])).includes(
        'kill',
      )
    )
      await sleep(50)
    const lock = await takeLock(bench.client, project, { description: 'me' }, 0, signal)
    expect((await mustRun('docker', ['inspect', '-f', '{{.State.Running}}', name])).trim()).toBe('false')
    await lock.release()
    await stop
  })

  test('whose taker died while taking over is free as well', async () => {
    const project = newProject()
    const dead = { ...newHolder('dead'), pidStart: '1' }
    const taker = { ...newHolder('dead taker'), pidStart: '1' }
    await createVolume(bench.client, { Name: `windflow-lock-${project}`, Labels: holderLabels(dead) })
    await createVolume(bench.client, {
      Name: `windflow-takeover-${project}-${dead.nonce}`,
      Labels: holderLabels(taker),
    })
    const lock = await takeLock(bench.client, project, { description: 'me' }, 0, signal)
    await lock.release()
    expect(await leftovers(project)).toEqual([])
  })
})
