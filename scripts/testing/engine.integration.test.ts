import { describe, expect, it } from 'vitest'
import { runCommand } from './command.ts'
import { startEngine } from './engine.ts'

describe('a test engine', () => {
  it('runs containers from the test image on a bridge of its own, beside another engine', async () => {
    const engine = await startEngine({ tls: true })
    try {
      expect(await engine.docker('run', '--rm', 'busybox:1', 'echo', 'hello')).toBe('hello\n')
      const other = process.env.DOCKER_HOST ?? ''
      expect(other).not.toBe(engine.dockerHost)
      const beside = await runCommand('docker', ['run', '--rm', 'busybox:1', 'true'], { env: { DOCKER_HOST: other } })
      expect(beside).toMatchObject({ code: 0 })
    } finally {
      await engine.stop()
    }
    expect(engine.process.alive()).toBe(false)
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
