import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun, runCommand } from './command.ts'

/** Where Debian's busybox-static puts the one program the test images are made of. */
const BUSYBOX = '/bin/busybox'

/**
 * Makes a busybox image on an engine from the machine's own static busybox, for machines no registry answers.
 * Each tag is an image of its own (other tag, other id), so that a change of image can be tested.
 * @param dockerHost address of the engine, as in DOCKER_HOST
 * @param tags image names to make, such as `busybox:1`; those that exist are left alone
 */
export async function importBusybox(dockerHost: string, tags: readonly string[]): Promise<void> {
  const env = { DOCKER_HOST: dockerHost }
  const missing: string[] = []
  for (const tag of tags) {
    const known = await runCommand('docker', ['image', 'inspect', '--format', '{{.Id}}', tag], { env })
    if (known.code !== 0) missing.push(tag)
  }
  if (missing.length === 0) return
  if (!existsSync(BUSYBOX)) throw new Error(`${BUSYBOX} is missing: install busybox-static`)
  const folder = await mkdtemp(join(tmpdir(), 'windflow-image-'))
  try {
    const archive = await busyboxArchive(folder)
    for (const tag of missing) {
      const changes = ['CMD ["sh"]', `LABEL windflow.test.image=${tag}`].flatMap((line) => ['-c', line])
      await mustRun('docker', ['import', ...changes, archive, tag], { env })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function busyboxArchive(folder: string): Promise<string> {
  const root = join(folder, 'root')
  for (const name of ['bin', 'etc', 'tmp', 'var/www', 'root']) await mkdir(join(root, name), { recursive: true })
  await copyFile(BUSYBOX, join(root, 'bin', 'busybox'))
  const applets = (await mustRun(BUSYBOX, ['--list'])).trim().split('\n')
  for (const applet of applets) if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet))
  await writeFile(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  await chmod(join(root, 'tmp'), 0o1777)
  const archive = join(folder, 'busybox.tar')
  await mustRun('tar', ['--owner=0', '--group=0', '-C', root, '-cf', archive, '.'])
  return archive
}
