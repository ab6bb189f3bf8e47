import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from './testing/command.ts'
import { startEngine, type TestEngine } from './testing/engine.ts'
import { freePort } from './testing/server-process.ts'

const script = resolve(import.meta.dirname, 'install.sh')

describe('scripts/install.sh --demo', () => {
  let engine: TestEngine
  let port = 0
  const install = (...args: string[]) =>
    runCommand(script, args, {
      env: { DOCKER_HOST: engine.dockerHost, HELLO_PORT: String(port) },
      timeoutMs: 300_000,
    })
  const page = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()

  beforeAll(async () => {
    // No image at all: what a machine without a registry has.
    engine = await startEngine({ images: [] })
    port = await freePort()
  }, 120_000)

  afterAll(async () => {
    await install('--uninstall')
    await engine.stop()
  })

  it('says what it would do with --dry-run, and does nothing', async () => {
    const result = await install('--demo', '--dry-run')
    expect(result).toMatchObject({ code: 0 })
    expect(result.stdout).toContain('would run')
    expect(await engine.docker('ps', '-aq')).toBe('')
    expect(await engine.docker('images', '-q')).toBe('')
  })

  it('makes the image, deploys the three services, and says where the page is', async () => {
    const result = await install('--demo')
    expect(result, result.stderr).toMatchObject({ code: 0 })
    expect(result.stdout).toContain(`http://127.0.0.1:${port}`)
    expect(await page()).toContain('Hello from WindFlow')
    await expect.poll(page, { timeout: 20_000 }).toMatch(/<strong>[1-9][0-9]*<\/strong> records/)
  }, 320_000)

  it('changes nothing when it is run again', async () => {
    const before = await engine.docker('ps', '-q', '--no-trunc')
    const result = await install('--demo')
    expect(result, result.stderr).toMatchObject({ code: 0 })
    expect(await engine.docker('ps', '-q', '--no-trunc')).toBe(before)
  }, 320_000)

  it('takes the demo down with --uninstall and keeps its records', async () => {
    expect(await install('--uninstall')).toMatchObject({ code: 0 })
    expect(await engine.docker('ps', '-aq')).toBe('')
    expect(await engine.docker('volume', 'ls', '-q')).toContain('hello_records')
  })

  it('refuses an option it does not know, by name, and points to the help', async () => {
    const result = await install('--nonsense')
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('--nonsense')
    expect(result.stderr).toContain('--help')
  })

  it('does not install an engine in place of one that DOCKER_HOST names and that is away', async () => {
    const result = await runCommand(script, ['--demo'], { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('/nowhere/docker.sock')
  })
})
