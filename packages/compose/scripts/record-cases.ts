/**
 * Records what Docker Compose answers for every folder in test/cases-model, into test/cases-model.jsonl. The reference
 * is release 5.6.0: `node packages/compose/scripts/record-cases.ts PATH/TO/docker-compose [CASE...]`.
 *
 * A case is a folder with compose.yaml and what it refers to; `case.json` may hold further arguments and variables.
 * Answers hold absolute paths, and hashes depend on them, so each case is copied to the same place on every machine.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [compose, ...selected] = process.argv.slice(2)
if (compose === undefined) throw new Error('give the path of docker-compose')

const root = fileURLToPath(new URL('../test/', import.meta.url))
const place = '/tmp/windflow-cases'
const recording = `${root}cases-model.jsonl`
const earlier = new Map<string, string>()
if (existsSync(recording)) {
  for (const line of readFileSync(recording, 'utf8').split('\n').filter(Boolean))
    earlier.set(JSON.parse(line).name, line)
}

rmSync(place, { recursive: true, force: true })
const lines: string[] = []
for (const name of readdirSync(`${root}cases-model`).sort()) {
  const before = earlier.get(name)
  lines.push(selected.length > 0 && !selected.includes(name) && before ? before : JSON.stringify(record(name)))
}
writeFileSync(recording, `${lines.join('\n')}\n`)

function record(name: string): object {
  const folder = `${place}/${name}`
  mkdirSync(place, { recursive: true })
  cpSync(`${root}cases-model/${name}`, folder, { recursive: true })
  const settings: { args?: string[]; env?: Record<string, string> } = existsSync(`${folder}/case.json`)
    ? JSON.parse(readFileSync(`${folder}/case.json`, 'utf8'))
    : {}
  const env = { PATH: '/usr/bin:/bin', HOME: '/home/someone', ...settings.env }
  const run = (...args: string[]) =>
    spawnSync(compose ?? '', [...(settings.args ?? []), 'config', ...args], { cwd: folder, env, encoding: 'utf8' })
  const json = run('--format', 'json')
  const hashes = run('--hash', '*')
  rmSync(folder, { recursive: true })
  if (json.status !== 0) return { name, ok: false, error: json.stderr.trim() }
  const hash =
    hashes.status === 0
      ? Object.fromEntries(
          hashes.stdout
            .trim()
            .split('\n')
            .map((line) => line.split(' ')),
        )
      : null
  return { name, ok: true, model: JSON.parse(json.stdout), hash }
}
