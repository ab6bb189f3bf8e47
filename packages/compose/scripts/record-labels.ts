/**
 * Records the config-hash labels that Docker Compose writes on a real engine, into test/engine-labels/recorded.json. The
 * reference is release 5.6.0, and the engine has an image busybox:1 (DOCKER_HOST says where it is):
 * `node packages/compose/scripts/record-labels.ts PATH/TO/docker-compose`.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [compose] = process.argv.slice(2)
if (compose === undefined) throw new Error('give the path of docker-compose')

const PROJECT = 'com.docker.compose.project=windflow-labels'
const HASH = 'com.docker.compose.config-hash'
const folder = fileURLToPath(new URL('../test/engine-labels/', import.meta.url))

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

type Labelled = { Id?: string; Labels?: Record<string, string>; Config?: { Labels: Record<string, string> } }

/** Of each object of the kind, by its key in the file: the hash on its label, and its id. */
function labelled(kind: 'container' | 'network' | 'volume', key: string) {
  const ids = run(
    'docker',
    kind,
    'ls',
    '--quiet',
    '--filter',
    `label=${PROJECT}`,
    ...(kind === 'container' ? ['-a'] : []),
  )
  const objects: Labelled[] = JSON.parse(run('docker', kind, 'inspect', ...ids.trim().split('\n')))
  return objects
    .map((object) => ({ labels: object.Config?.Labels ?? object.Labels ?? {}, id: object.Id }))
    .map(({ labels, id }) => ({ key: labels[`com.docker.compose.${key}`] ?? '', hash: labels[HASH] ?? '', id }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

const hashes = (objects: { key: string; hash: string }[]) =>
  Object.fromEntries(objects.map(({ key, hash }) => [key, hash]))

try {
  run(compose, 'up', '--no-start')
  const model: unknown = JSON.parse(run(compose, 'config', '--format', 'json'))
  const containers = labelled('container', 'service')
  const recorded = {
    model,
    baseContainer: containers.find(({ key }) => key === 'base')?.id,
    services: hashes(containers),
    networks: hashes(labelled('network', 'network')),
    volumes: hashes(labelled('volume', 'volume')),
  }
  writeFileSync(`${folder}recorded.json`, `${JSON.stringify(recorded, null, 1)}\n`)
} finally {
  run(compose, 'down', '--volumes')
}
