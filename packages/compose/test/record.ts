/**
 * Asks Docker Compose for the answers to the cases and writes them beside the bundles. Run it after changing a bundle:
 * `node packages/compose/test/record.ts [bundle ...]`, with DOCKER_COMPOSE as the path of Docker Compose 5.6, or
 * `docker compose` where that is what is installed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Answer, bundleNames, CASE_HOME, CASE_ROOT, CASES, type Case, readBundle } from './bundle.ts'

const given = process.env.DOCKER_COMPOSE
const [program, ...first] = given === undefined ? ['docker', 'compose'] : [given]
const asked = process.argv.slice(2)

for (const bundle of asked.length > 0 ? asked : bundleNames()) {
  const answers = Object.fromEntries(readBundle(bundle).map((one) => [one.name, record(one)]))
  writeFileSync(join(CASES, `${bundle}.expected.json`), `${JSON.stringify(answers, null, 1)}\n`)
}

function record({ name, args, env, files }: Case): Answer {
  const folder = join(CASE_ROOT, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const config = (...question: string[]) =>
    spawnSync(program as string, [...first, ...args, 'config', ...question], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: CASE_HOME, ...env },
      encoding: 'utf8',
      // Some inputs it expands without end; those we refuse.
      timeout: 5_000,
      killSignal: 'SIGKILL',
    })
  const { status, stdout, stderr } = config('--format', 'json')
  const hashes = status === 0 ? config('--hash', '*').stdout.trim() : ''
  rmSync(folder, { recursive: true })
  if (status === 0) {
    const lines = hashes.split('\n').filter((line) => line !== '')
    return { model: JSON.parse(stdout), hash: Object.fromEntries(lines.map((line) => line.split(' '))) }
  }
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('time='))
  return { error: status === null ? 'it did not come to an end' : lines.join(' ') }
}
