import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { betweenMarkers } from '../scripts/markers.ts'
import { mustRun } from '../scripts/testing/command.ts'
import { startEngine } from '../scripts/testing/engine.ts'
import { importBusybox } from '../scripts/testing/images.ts'
import { composeProgram } from '../scripts/testing/tools.ts'
import { measureLibrary } from './library.ts'
import { markdown, type Report, type Row, withinBudget } from './report.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { createSide, type Side } from './side.ts'
import { BENCH_IMAGE } from './stack.ts'
import { compare, median, type Pair } from './statistics.ts'

const USAGE = `Measures windflow compose against docker compose 5.6 on the same engine, in interleaved pairs.

  npm run bench                 all scenarios, at least 9 pairs each; writes bench/results/ and the README's table
  npm run bench -- --quick      3 pairs, 3 and 10 services; writes nothing
  --pairs N                     pairs of each scenario
  --only TEXT                   only measures whose title contains TEXT; writes nothing
  --engine 20.10|26.1|ADDRESS   starts that engine, or uses the one at an address (default 20.10)
`

const root = resolve(import.meta.dirname, '..')

interface Settings {
  readonly pairs: number
  readonly sizes: readonly number[]
  readonly only: string
  readonly write: boolean
  readonly engine: string
}

function settings(): Settings | undefined {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      pairs: { type: 'string' },
      only: { type: 'string', default: '' },
      engine: { type: 'string', default: '20.10' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    pairs: Number(values.pairs ?? (values.quick ? 3 : 9)),
    sizes: values.quick ? [3, 10] : [3, 10, 50],
    only: values.only,
    write: !values.quick && values.only === '',
    engine: values.engine,
  }
}

/** An engine started for this run, or one that already runs. */
async function openEngine(wanted: string): Promise<{ dockerHost: string; stop(): Promise<void> }> {
  if (wanted === '20.10' || wanted === '26.1') return startEngine({ version: wanted, images: [BENCH_IMAGE] })
  await importBusybox(wanted, [BENCH_IMAGE])
  return { dockerHost: wanted, stop: async () => undefined }
}

/** A home of the run's own, in which `docker compose` is the release that is compared with. */
async function openHome(dockerHost: string): Promise<{ folder: string; env: Record<string, string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-bench-'))
  const plugins = join(folder, '.docker', 'cli-plugins')
  await mkdir(plugins, { recursive: true })
  await symlink(composeProgram('5.6.0'), join(plugins, 'docker-compose'))
  return { folder, env: { HOME: folder, DOCKER_CONFIG: join(folder, '.docker'), DOCKER_HOST: dockerHost } }
}

async function runScenario(scenario: Scenario, sides: readonly Side[], pairs: number): Promise<Row[]> {
  const found = new Map<string, Pair[]>(Object.keys(scenario.measures).map((name) => [name, []]))
  try {
    for (const side of sides) await scenario.prepare?.(side)
    // The first round warms caches of both; it does not count.
    for (let number = 0; number <= pairs; number++) {
      const inTurn = number % 2 === 0 ? sides : [...sides].reverse()
      const round = new Map<string, Readonly<Record<string, number>>>()
      for (const side of inTurn) round.set(side.program, await scenario.round(side, number))
      if (number === 0 && pairs > 1) continue
      for (const [name, list] of found) {
        const [windflow, compose] = [round.get('windflow')?.[name], round.get('compose')?.[name]]
        if (windflow !== undefined && compose !== undefined) list.push({ windflow, compose })
      }
    }
  } finally {
    for (const side of sides) await side.wipe()
  }
  return Object.entries(scenario.measures).map(([name, measure]) => ({ ...measure, ...compare(found.get(name) ?? []) }))
}

async function measureNodeStart(times: number): Promise<number> {
  const samples: number[] = []
  for (let number = 0; number < times; number++) {
    const begin = performance.now()
    await mustRun(process.execPath, ['-e', '0'])
    samples.push(performance.now() - begin)
  }
  return median(samples)
}

async function bench(wanted: Settings): Promise<Report> {
  // The bundle, as `npm ci` leaves it: the launcher would run the sources if it were older than they are.
  await mustRun(process.execPath, [join(root, 'cli', 'bundle', 'build.ts')])
  const engine = await openEngine(wanted.engine)
  const home = await openHome(engine.dockerHost)
  try {
    const { env, folder } = home
    const windflow = [join(root, 'bin', 'windflow'), 'compose']
    const rows: Row[] = []
    for (const scenario of scenarios(wanted.sizes, [true, false])) {
      if (!Object.values(scenario.measures).some(({ title }) => title.includes(wanted.only))) continue
      const { services } = scenario
      const sides = [
        await createSide({ program: 'windflow', command: windflow, folder, services, env }),
        await createSide({ program: 'compose', command: ['docker', 'compose'], folder, services, env }),
      ]
      for (const row of await runScenario(scenario, sides, wanted.pairs)) {
        rows.push(row)
        console.error(
          `${row.title}: ${row.windflow.toFixed(0)} : ${row.compose.toFixed(0)} ms, ${row.ratio.toFixed(2)}x`,
        )
      }
    }
    const version = async (program: string, args: string[]) => (await mustRun(program, args, { env })).trim()
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB`,
      engine: `Docker ${await version('docker', ['version', '--format', '{{.Server.Version}}'])}`,
      compose: `docker compose ${await version('docker', ['compose', 'version', '--short'])}`,
      windflow: `windflow ${JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version}`,
      nodeStart: await measureNodeStart(wanted.pairs * 2),
      library: measureLibrary(10),
      libraryBudget: 2,
      rows,
    }
  } finally {
    await rm(home.folder, { recursive: true, force: true })
    await engine.stop()
  }
}

async function write(report: Report): Promise<void> {
  const results = join(root, 'bench', 'results')
  await mkdir(results, { recursive: true })
  await writeFile(join(results, 'compose.json'), `${JSON.stringify(report, undefined, 2)}\n`)
  await writeFile(join(results, 'compose.md'), markdown(report))
  const readme = join(root, 'README.md')
  await writeFile(readme, betweenMarkers(await readFile(readme, 'utf8'), 'bench', markdown(report)))
}

const wanted = settings()
if (!wanted) {
  console.log(USAGE)
} else {
  const report = await bench(wanted)
  console.log(markdown(report))
  if (wanted.write) await write(report)
  const missed = report.rows.filter((row) => withinBudget(row) === false)
  console.log(missed.length === 0 ? 'All budgets kept.' : `Over budget: ${missed.map((row) => row.title).join('; ')}`)
}
