import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testProject } from './project.ts'
import { windflow } from './run-windflow.ts'

const STACK = `
services:
  web:
    image: busybox:\${TAG:-1}
    command: sh -c "echo web says $$WORD; sleep 1000"
    environment: { WORD: "\${WORD:-one}" }
    init: true
    stop_grace_period: 1s
    volumes: ["data:/data"]
    healthcheck: { test: "true", interval: 1s }
  worker:
    image: busybox:1
    command: sh -c "sleep 1000"
    init: true
    stop_grace_period: 1s
volumes: { data: {} }
`

describe('windflow compose up', () => {
  it('deploys, then has nothing to do, and plan says so by its exit code', async () => {
    await using project = testProject(STACK)
    const before = await project.compose(['plan'])
    expect(before).toMatchObject({ code: 2, out: expect.stringContaining('service web') })
    const up = await project.compose(['up', '-d', '-m', 'the first'])
    expect(up).toMatchObject({ code: 0, err: expect.stringContaining('release 1') })
    const web = await project.containerOf('web')
    expect(await project.compose(['plan'])).toMatchObject({ code: 0, out: expect.stringContaining('no changes') })
    expect(await project.compose(['up'])).toMatchObject({ code: 0, err: expect.stringContaining('nothing to change') })
    expect(await project.containerOf('web')).toBe(web)
    const releases = JSON.parse((await project.compose(['releases', '--format', 'json'])).out)
    expect(releases).toMatchObject([{ number: 1, status: 'succeeded', current: true, reason: 'the first' }])
    expect(await project.docker('inspect', '-f', '{{index .Config.Labels "windflow.release"}}', web)).toBe('1')
  })

  it('puts the old container back when the new one never gets healthy, and shows its last words', async () => {
    await using project = testProject(STACK)
    expect((await project.compose(['up'])).code).toBe(0)
    const web = await project.containerOf('web')
    project.write('compose.yaml', STACK.replace('echo web says', 'echo something is missing; exit 3; echo'))
    const failed = await project.compose(['up'])
    expect(failed.code).toBe(1)
    expect(failed.err).toContain('gate/service/web/1')
    expect(failed.err).toContain('something is missing')
    expect(failed.err).toContain('what ran before is running again')
    expect(await project.containerOf('web')).toBe(web)
    const releases = JSON.parse((await project.compose(['releases', '--format', 'json'])).out)
    expect(releases).toMatchObject([
      { number: 2, status: 'rolled_back', current: false },
      { number: 1, status: 'succeeded', current: true },
    ])
  })

  it('leaves a failed release for a look at it with --no-rollback', async () => {
    await using project = testProject(STACK.replace('sleep 1000"\n    environment', 'exit 3"\n    environment'))
    expect((await project.compose(['up', '--no-rollback'])).code).toBe(1)
    const all = await project.compose(['ps', '-a', '--format', 'json'])
    expect(JSON.parse(all.out)).toContainEqual(expect.objectContaining({ Service: 'web' }))
    expect(JSON.parse((await project.compose(['releases', '--format', 'json'])).out)).toMatchObject([
      { status: 'failed' },
    ])
  })

  it('stops in order at Ctrl-C: what ran before runs, and the release says so', async () => {
    await using project = testProject(STACK)
    expect((await project.compose(['up'])).code).toBe(0)
    const web = await project.containerOf('web')
    project.write('compose.yaml', STACK.replace('test: "true"', 'test: "false"'))
    let sent = false
    const cut = await project.compose(['up'], {
      onErr(said, send) {
        if (sent || !said.includes('waiting')) return
        sent = true
        send('SIGINT')
      },
    })
    expect(cut).toMatchObject({ code: 130, err: expect.stringContaining('interrupted') })
    expect(await project.containerOf('web')).toBe(web)
    expect(JSON.parse((await project.compose(['releases', '--format', 'json'])).out)[0]).toMatchObject({
      number: 2,
      status: 'rolled_back',
    })
    project.write('compose.yaml', STACK)
    expect(await project.compose(['plan'])).toMatchObject({ code: 0 })
  })

  it('settles a release whose command was killed when all but its end was done', async () => {
    await using project = testProject(STACK)
    expect((await project.compose(['up'])).code).toBe(0)
    const record = join(project.folder, '.windflow/releases', project.name, '1/release.json')
    writeFileSync(record, readFileSync(record, 'utf8').replace('"succeeded"', '"applying"'))
    rmSync(join(record, '../../current.json'))
    // A process of this machine that is no more: nothing runs since before the boot.
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const owner = {
      nonce: 'killed',
      pid: process.pid,
      pidStart: 0,
      place: `${boot} ${readlinkSync('/proc/self/ns/pid')}`,
    }
    const labels = Object.entries(owner).flatMap(([name, value]) => ['--label', `windflow.lock.${name}=${value}`])
    const lock = `windflow-lock-${project.name}`
    await project.docker('volume', 'create', ...labels, lock)
    expect(await project.compose(['up'])).toMatchObject({ code: 0, err: expect.stringContaining('nothing to change') })
    expect(JSON.parse((await project.compose(['releases', '--format', 'json'])).out)).toMatchObject([
      { number: 1, status: 'succeeded', current: true },
    ])
    expect(await project.docker('volume', 'ls', '-q', '--filter', `name=${lock}`)).toBe('')
  })

  it('goes on without releases where the folder cannot be written, and rollback says why it cannot', async () => {
    await using project = testProject(STACK)
    // A file where the folder should be: root may write everywhere else.
    project.write('.windflow', '')
    const up = await project.compose(['up'])
    expect(up).toMatchObject({ code: 0, err: expect.stringContaining('no release is kept') })
    expect(await project.compose(['rollback'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('where it can be written to'),
    })
  })

  it('lets two of one project at once, from two folders, end in one state', async () => {
    await using project = testProject(STACK)
    await using other = testProject(STACK.replace('WORD:-one', 'WORD:-two'))
    const [a, b] = await Promise.all([
      project.compose(['up']),
      other.compose(['up'], { cwd: other.folder }).then(() => other.compose(['-p', project.name, 'up'])),
    ])
    for (const { code, err } of [a, b]) if (code !== 0) expect(err).toMatch(/locked|is being changed by/)
    const ids = await project.docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project.name}`)
    expect(ids.split('\n')).toHaveLength(2)
  })
})

describe('windflow compose rollback', () => {
  it('brings a release back exactly, also when .env has changed since', async () => {
    await using project = testProject(STACK)
    project.write('.env', 'WORD=first-word\n')
    expect((await project.compose(['up'])).code).toBe(0)
    project.write('.env', 'WORD=second-word\nTAG=2\n')
    expect((await project.compose(['up'])).code).toBe(0)
    project.write('.env', 'WORD=never-deployed\n')
    const back = await project.compose(['rollback', '--format', 'json'])
    expect(back.code).toBe(0)
    expect(JSON.parse(back.out)).toMatchObject({ status: 'succeeded', release: 1 })
    const web = await project.containerOf('web')
    const environment = await project.docker('inspect', '-f', '{{.Config.Env}} {{.Config.Image}}', web)
    expect(environment).toContain('WORD=first-word')
    expect(environment).toContain('busybox:1')
    expect(JSON.parse((await project.compose(['releases', '--format', 'json'])).out)).toMatchObject([
      { number: 2, current: false },
      { number: 1, current: true },
    ])
    expect(await project.compose(['rollback'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no earlier release'),
    })
    expect(await project.compose(['rollback', '2'])).toMatchObject({ code: 0 })
  })

  it('needs nothing of what the folder says by now: no variable, no readable file, no file at all', async () => {
    await using project = testProject(STACK.replace('WORD:-one', 'WORD:?who'))
    const compose = (...words: string[]) =>
      windflow(['compose', ...words], { cwd: project.folder, env: { XDG_CONFIG_HOME: join(project.folder, 'config') } })
    project.write('.env', `COMPOSE_PROJECT_NAME=${project.name}\nWORD=first\n`)
    expect((await compose('up')).code).toBe(0)
    project.write('.env', `COMPOSE_PROJECT_NAME=${project.name}\nWORD=second\n`)
    expect((await compose('up')).code).toBe(0)
    const word = async () => project.docker('inspect', '-f', '{{.Config.Env}}', await project.containerOf('web'))
    rmSync(join(project.folder, '.env'))
    expect(await compose('up')).toMatchObject({ code: 1, err: expect.stringContaining('WORD') })
    expect(await compose('rollback')).toMatchObject({ code: 0 })
    expect(await word()).toContain('WORD=first')
    project.write('compose.yaml', 'services: [')
    expect(await compose('rollback', '2')).toMatchObject({ code: 0 })
    expect(await word()).toContain('WORD=second')
    rmSync(join(project.folder, 'compose.yaml'))
    expect(await compose('rollback', '1')).toMatchObject({ code: 0 })
    expect(await word()).toContain('WORD=first')
    expect((await compose('releases', '-q')).out).toBe('2\n1\n')
  })

  it('uses the image of that time, though its name means another one by now', async () => {
    await using project = testProject(STACK.replace(/busybox:.*TAG.*/, 'windflow-test-moving:1'))
    await project.docker('tag', 'busybox:1', 'windflow-test-moving:1')
    try {
      expect((await project.compose(['up'])).code).toBe(0)
      const first = await project.docker('inspect', '-f', '{{.Image}}', await project.containerOf('web'))
      const moved = ['commit', '-c', 'LABEL moved=yes', await project.containerOf('web'), 'windflow-test-moving:1']
      await project.docker(...moved)
      project.write('.env', 'WORD=two\n')
      expect((await project.compose(['up'])).code).toBe(0)
      const second = await project.docker('inspect', '-f', '{{.Image}}', await project.containerOf('web'))
      expect((await project.compose(['rollback'])).code).toBe(0)
      const back = await project.docker('inspect', '-f', '{{.Image}}', await project.containerOf('web'))
      expect(back).toBe(first)
      expect(second).not.toBe(first)
    } finally {
      await project.docker('rmi', 'windflow-test-moving:1')
    }
  })
})

describe('windflow compose down', () => {
  it('keeps volumes unless told otherwise', async () => {
    await using project = testProject(STACK)
    expect((await project.compose(['up'])).code).toBe(0)
    expect(await project.compose(['down'])).toMatchObject({ code: 0 })
    expect(await project.docker('volume', 'ls', '-q', '--filter', `name=${project.name}_data`)).toBe(
      `${project.name}_data`,
    )
    expect(await project.docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project.name}`)).toBe('')
    expect(existsSync(join(project.folder, '.windflow'))).toBe(true)
    expect(await project.compose(['down', '-v'])).toMatchObject({ code: 0 })
    expect(await project.docker('volume', 'ls', '-q', '--filter', `name=${project.name}_data`)).toBe('')
  })
})

describe('everything a stack needs day by day', () => {
  it('is there, and each command speaks JSON', async () => {
    await using project = testProject(STACK)
    const json = async (...words: string[]) => {
      const { code, out, err } = await project.compose([...words, '--format', 'json'])
      expect(err.replace(/.*warning.*\n(?: .*\n)*/g, ''), words.join(' ')).toBe('')
      return { code, value: JSON.parse(out) }
    }
    expect((await json('plan')).value).toMatchObject({ project: project.name, impact: 'none' })
    expect((await json('up')).value).toMatchObject({ status: 'succeeded', release: 1 })
    expect((await json('ps')).value).toMatchObject([{ Service: 'web', Health: 'healthy' }, { Service: 'worker' }])
    const logs = await project.compose(['logs', '--format', 'json', 'web'])
    expect(JSON.parse(logs.out.split('\n')[0] ?? '')).toMatchObject({ service: 'web', text: 'web says one' })
    expect((await json('config')).value).toMatchObject({ name: project.name })
    const exec = await project.compose([
      'exec',
      '--format',
      'json',
      '-e',
      'A=b c',
      'web',
      'sh',
      '-c',
      'echo "$A"; exit 7',
    ])
    expect(exec.code).toBe(7)
    expect(JSON.parse(exec.out)).toEqual({ service: 'web', exitCode: 7, stdout: 'b c\n', stderr: '' })
    expect((await json('stop', 'worker')).value).toMatchObject({ status: 'succeeded' })
    expect((await json('ps', '-a')).value).toContainEqual(
      expect.objectContaining({ Service: 'worker', State: 'exited' }),
    )
    expect((await json('start', 'worker')).value).toMatchObject({ status: 'succeeded' })
    expect((await json('restart', 'worker')).value).toMatchObject({ status: 'succeeded' })
    expect((await json('pull', '--policy', 'missing')).value).toMatchObject({ status: 'succeeded', images: [] })
    expect((await json('build')).value).toMatchObject({ status: 'succeeded', images: [] })
    expect((await json('releases')).value).toHaveLength(1)
    expect((await json('rollback', '1')).value).toMatchObject({ status: 'unchanged' })
    expect((await json('down')).value).toMatchObject({ status: 'succeeded' })
  })

  it('passes input to a command, and its exit code back', async () => {
    await using project = testProject(STACK)
    expect((await project.compose(['up'])).code).toBe(0)
    const { code, out } = await project.compose(['exec', '-T', 'web', 'sh', '-c', 'cat; exit 5'], {
      input: 'from here\n',
    })
    expect({ code, out }).toEqual({ code: 5, out: 'from here\n' })
    expect(await project.compose(['exec', 'nothing', 'sh'])).toMatchObject({ code: 1 })
  })

  it('shows logs of named services, and lists states', async () => {
    await using project = testProject(STACK)
    expect((await project.compose(['up'])).code).toBe(0)
    expect(await project.compose(['logs', 'web'])).toMatchObject({ code: 0, out: 'web-1  | web says one\n' })
    expect(await project.compose(['logs', 'nothing'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no service'),
    })
    expect((await project.compose(['ps', '--services'])).out).toBe('web\nworker\n')
    expect((await project.compose(['ps', '-q', 'web'])).out.trim()).toBe(await project.containerOf('web'))
    expect(readdirSync(join(project.folder, '.windflow', 'releases', project.name)).sort()).toEqual([
      '1',
      'current.json',
    ])
  })
})
