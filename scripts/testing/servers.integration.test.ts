import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mustRun, runCommand } from './command.ts'
import { startRegistry } from './registry.ts'
import { startSshd } from './sshd.ts'

describe('a test registry', () => {
  it('takes a push and gives a pull to the one who signed in, and to nobody else', async () => {
    const registry = await startRegistry()
    const image = `${registry.address}/team/app:1`
    // Credentials of whoever runs the tests are not for them.
    const settings = await mkdtemp(join(tmpdir(), 'windflow-docker-config-'))
    const env = { DOCKER_CONFIG: settings }
    try {
      const refused = await runCommand('docker', ['pull', image], { env })
      expect(refused.code).not.toBe(0)
      await mustRun('docker', ['tag', 'busybox:1', image])
      await mustRun('docker', ['login', '-u', registry.user, '--password-stdin', registry.address], {
        input: registry.password,
        env,
      })
      await mustRun('docker', ['push', image], { env })
      await mustRun('docker', ['rmi', image])
      expect(await mustRun('docker', ['pull', image], { env })).toContain('Digest: sha256:')
    } finally {
      await runCommand('docker', ['rmi', image])
      await rm(settings, { recursive: true, force: true })
      await registry.stop()
    }
  })
})

describe('a test SSH server', () => {
  it('lets its own key in, and neither a stranger nor one who expects another host', async () => {
    const sshd = await startSshd()
    const ssh = (key: string, knownHosts: string) =>
      runCommand('ssh', [
        ...['-F', 'none', '-i', key, '-p', String(sshd.port), '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
        ...['-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'StrictHostKeyChecking=yes'],
        ...[`${sshd.user}@${sshd.host}`, 'echo', 'in'],
      ])
    try {
      expect(await ssh(sshd.keyFile, sshd.knownHostsFile)).toMatchObject({ code: 0, stdout: 'in\n' })
      expect((await ssh(sshd.strangerKeyFile, sshd.knownHostsFile)).code).toBe(255)
      expect((await ssh(sshd.keyFile, sshd.wrongKnownHostsFile)).code).toBe(255)
    } finally {
      await sshd.stop()
    }
  })
})
