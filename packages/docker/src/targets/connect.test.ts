import { describe, expect, it } from 'vitest'
import { openDialer } from './connect.ts'

describe('an address', () => {
  it.each([
    ['unix:///var/run/docker.sock', 'unix:///var/run/docker.sock'],
    ['tcp://host.example', 'tcp://host.example:2375'],
    ['tcp://[::1]:2400', 'tcp://[::1]:2400'],
    ['https://host.example', 'tcp://host.example:443'],
    ['ssh://me@host.example:2222/run/docker.sock', 'ssh://me@host.example:2222/run/docker.sock'],
    ['ssh://host.example', 'ssh://host.example'],
  ])('%s is %s', async (url, address) => {
    expect((await openDialer({ url })).address).toBe(address)
  })

  it('with TLS has its own port', async () => {
    expect((await openDialer({ url: 'tcp://host.example', tls: {} })).address).toBe('tcp://host.example:2376')
  })

  it.each(['unix://relative.sock', 'tcp://', 'nonsense', 'ftp://host', 'ssh://me:word@host', 'ssh://host/a%20b;rm'])(
    '%s is refused',
    async (url) => {
      await expect(openDialer({ url })).rejects.toMatchObject({ code: 'target-address-invalid', class: 'user' })
    },
  )

  it('is never repeated with what may be a password', async () => {
    await expect(openDialer({ url: 'ssh://me:hidden@host' })).rejects.toThrow(/^(?!.*hidden)/)
  })

  it.each(['npipe:////./pipe/docker_engine', 'fd://'])('%s is refused with the reason', async (url) => {
    await expect(openDialer({ url })).rejects.toMatchObject({
      code: 'target-unsupported',
      hint: expect.stringContaining('unix://'),
    })
  })
})
