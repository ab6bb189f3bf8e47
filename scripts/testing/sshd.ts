import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { mustRun } from './command.ts'
import { freePort, startServer } from './server-process.ts'

/** A real SSH server on the loopback address that lets one key in, as the user who runs the test. */
export interface TestSshd {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Path of the private key the server accepts (OpenSSH format, no passphrase). */
  readonly keyFile: string
  /** Path of a private key the server does not know. */
  readonly strangerKeyFile: string
  /** Path of a known_hosts file that holds the server's true host key. */
  readonly knownHostsFile: string
  /** Path of a known_hosts file that holds another key for the same address: what an impostor looks like. */
  readonly wrongKnownHostsFile: string
  stop(): Promise<void>
}

/** Starts Debian's OpenSSH server with host and client keys of its own.
 * @param options.socketForwarding whether it forwards connections to Unix sockets; true by default */
export async function startSshd(options: { readonly socketForwarding?: boolean } = {}): Promise<TestSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-sshd-'))
  try {
    const port = await freePort()
    const host = '127.0.0.1'
    const key = async (name: string) => {
      await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)])
      return join(folder, name)
    }
    const [hostKey, otherHostKey] = [await key('host'), await key('other-host')]
    const [keyFile, strangerKeyFile] = [await key('client'), await key('stranger')]
    await copyFile(`${keyFile}.pub`, join(folder, 'authorized_keys'))
    await chmod(join(folder, 'authorized_keys'), 0o600)
    const settings = join(folder, 'sshd_config')
    const forwarding = options.socketForwarding ?? true
    await writeFile(settings, sshdSettings(folder, host, port, hostKey, forwarding))
    // Debian's package makes this folder at boot; a machine without an init system never boots.
    await mkdir('/run/sshd', { recursive: true })
    const server = await startServer({
      program: '/usr/sbin/sshd',
      args: ['-D', '-e', '-f', settings],
      logFile: join(folder, 'sshd.log'),
      ready: () => answers(host, port),
    })
    return {
      host,
      port,
      user: userInfo().username,
      keyFile,
      strangerKeyFile,
      knownHostsFile: await knownHosts(join(folder, 'known_hosts'), host, port, hostKey),
      wrongKnownHostsFile: await knownHosts(join(folder, 'wrong_known_hosts'), host, port, otherHostKey),
      async stop() {
        await server.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function sshdSettings(folder: string, host: string, port: number, hostKey: string, socketForwarding: boolean): string {
  return [
    `ListenAddress ${host}`,
    `Port ${port}`,
    `HostKey ${hostKey}`,
    `PidFile ${join(folder, 'sshd.pid')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'UsePAM no',
    'StrictModes no',
    `AllowStreamLocalForwarding ${socketForwarding ? 'yes' : 'no'}`,
    '',
  ].join('\n')
}

async function knownHosts(file: string, host: string, port: number, hostKey: string): Promise<string> {
  const [kind, value] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ')
  await writeFile(file, `[${host}]:${port} ${kind} ${value}\n`)
  return file
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', () => finish(true))
    socket.once('error', () => finish(false))
  })
}
