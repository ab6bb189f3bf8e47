import { describe, expect, it } from 'vitest'
import { runCommand } from './command.ts'
import { startEngine } from './engine.ts'
import { freePort } from './server-process.ts'

describe('a test engine', () => {
  it('runs containers from the test image on a bridge of its own, beside another engine', async () => {
    const engine = await startEngine()
    try {
      expect(await engine.docker('run', '--rm', '--init', 'busybox:1', 'echo', 'hello')).toBe('hello\n')
      const other = process.env.DOCKER_HOST ?? ''
      expect(other).not.toBe(engine.dockerHost)
      const beside = await runCommand('docker', ['run', '--rm', 'busybox:1', 'true'], { env: { DOCKER_HOST: other } })
      expect(beside).toMatchObject({ code: 0 })
    } finally {
      await engine.stop()
    }
    expect(engine.process.alive()).toBe(false)
  })

  it.each(['20.10', '26.1'] as const)('of version %s is reached at a published port', async (version) => {
    const engine = await startEngine({ version })
    try {
      expect(await engine.docker('version', '--format', '{{.Server.Version}}')).toContain(version)
      const port = await freePort()
      const serve = 'echo served >/tmp/index.html; exec httpd -f -p 80 -h /tmp'
      await engine.docker('run', '-d', '--init', '-p', `127.0.0.1:${port}:80`, 'busybox:1', 'sh', '-c', serve)
      const page = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()
      await expect.poll(() => page().catch(() => ''), { timeout: 10_000 }).toBe('served\n')
    } finally {
      await engine.stop()
    }
  })

  it('refuses a TCP client without a certificate and accepts one with it', async () => {
    const engine = await startEngine({ tls: true, images: [] })
    try {
      const tls = engine.tls
      if (!tls) throw new Error('started without TLS')
      const ask = (env: Record<string, string>) => runCommand('docker', ['version'], { env })
      const address = { DOCKER_HOST: tls.dockerHost }
      expect((await ask({ ...address, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls.files.clientFolder })).code).toBe(0)
      expect((await ask(address)).code).not.toBe(0)
    } finally {
      await engine.stop()
    }
  })
})
