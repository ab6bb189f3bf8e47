import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSshConfig } from './ssh-config.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'windflow-ssh-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function config(text: string, host: string) {
  const file = join(folder, 'config')
  await writeFile(file, text)
  return readSshConfig([file, join(folder, 'absent')], host, '/home/me')
}

it('takes the first value that applies to the host', async () => {
  const text = `
    Host prod
      HostName %h.example
      User deploy
      Port = 2222
    Host *.example other
      User wrong
    Host * !excluded
      User fallback
      Port 22
  `
  expect(await config(text, 'prod')).toMatchObject({ hostName: 'prod.example', user: 'deploy', port: 2222 })
  expect(await config(text, 'other')).toMatchObject({ user: 'wrong', port: 22 })
  expect(await config(text, 'excluded')).toEqual({ identityFiles: [], identitiesOnly: false })
})

it('collects identity files, with the home folder and the host in their paths', async () => {
  const text = 'IdentityFile ~/.ssh/%h\nHost a\nIdentityFile "%d/key with space"\nIdentitiesOnly yes\n'
  expect(await config(text, 'a')).toMatchObject({
    identityFiles: ['/home/me/.ssh/a', '/home/me/key with space'],
    identitiesOnly: true,
  })
})

it('reads included files and options of known hosts, aliases and hops', async () => {
  const included = join(folder, 'included')
  await writeFile(
    included,
    'Host a\n  ProxyJump me@hop:2200\n  UserKnownHostsFile ~/kh /etc/kh2\n  HostKeyAlias name\n',
  )
  expect(await config(`Include ${included}\n`, 'a')).toMatchObject({
    proxyJump: 'me@hop:2200',
    knownHostsFiles: ['/home/me/kh', '/etc/kh2'],
    hostKeyAlias: 'name',
  })
})

it('never runs the commands of Match blocks: they are skipped, but for Match all', async () => {
  const text = 'Match exec "touch /tmp/x"\n  User no\nMatch all\n  User yes\n'
  expect((await config(text, 'a')).user).toBe('yes')
})
