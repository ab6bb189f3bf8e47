import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from './testing/command.ts'

/** One file a rule, which breaks that rule and no other. */
const BROKEN: Record<string, Record<string, string>> = {
  'no-circular': {
    'packages/engine/src/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n",
    'packages/engine/src/b.ts': "import { a } from './a.ts'\nexport const b = () => a\n",
  },
  resolvable: { 'cli/src/lost.ts': "import { x } from './nowhere.ts'\nexport const y = x\n" },
  'packages-do-not-know-the-programs': {
    'packages/docker/src/up.ts': "import { main } from '../../../cli/src/main.ts'\nexport const up = main\n",
  },
  'no-product-code-on-bench-or-scripts': {
    'cli/src/bench.ts': "import { bench } from '../../bench/main.ts'\nexport const x = bench\n",
  },
  'product-code-does-not-import-tests': {
    'cli/src/from-test.ts': "import { fixture } from '../test/fixture.ts'\nexport const x = fixture\n",
  },
  'compose-is-pure': {
    'packages/compose/src/plan.ts': "import { plan } from '../../engine/src/plan.ts'\nexport const x = plan\n",
  },
  'compose-has-no-io': {
    'packages/compose/src/read.ts': "import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n",
  },
  'engine-knows-no-driver': {
    'packages/engine/src/drive.ts': "import { driver } from '../../docker/src/driver.ts'\nexport const x = driver\n",
  },
  'engine-has-no-io': {
    'packages/engine/src/dial.ts': "import { request } from 'node:http'\nexport const x = request\n",
  },
  'drivers-know-no-server-and-no-database': {
    'packages/docker/src/serve.ts': "import fastify from 'fastify'\nexport const x = fastify\n",
  },
  'core-knows-no-extension': {
    'backend/app/core/kernel/load.ts': "import { ai } from '../../extensions/ai/plugin.ts'\nexport const x = ai\n",
  },
  'extension-knows-core-by-its-api': {
    'backend/app/extensions/ai/reach.ts': "import { db } from '../../core/db/db.ts'\nexport const x = db\n",
  },
  'extension-knows-no-other-extension': {
    'backend/app/extensions/sso/reach.ts': "import { ai } from '../ai/plugin.ts'\nexport const x = ai\n",
  },
  'frontend-talks-through-the-client': {
    'frontend/src/reach.ts': "import { db } from '../../backend/app/core/db/db.ts'\nexport const x = db\n",
  },
  'repository-is-the-only-place-with-sql': {
    'backend/app/core/stacks/service.ts': "import { sql } from 'kysely'\nexport const x = sql\n",
  },
}

/** What the broken files import, and what a sound tree looks like. */
const SOUND: Record<string, string> = {
  'cli/src/main.ts': "import { driver } from '../../packages/docker/src/driver.ts'\nexport const main = driver\n",
  'cli/test/fixture.ts': 'export const fixture = 1\n',
  'bench/main.ts': "import { main } from '../cli/src/main.ts'\nexport const bench = main\n",
  'packages/docker/src/driver.ts': "import { plan } from '../../engine/src/plan.ts'\nexport const driver = plan\n",
  'packages/compose/src/model.ts': 'export type Model = string\n',
  'packages/engine/src/close.ts':
    "import { plan } from './plan.ts'\nexport async function close() {\n  await using held = await plan('')\n}\n",
  'packages/engine/src/plan.ts':
    "import type { Model } from '../../compose/src/model.ts'\nexport const plan = (model: Model) => model\n",
  'backend/app/core/db/db.ts': "import { sql } from 'kysely'\nexport const db = sql\n",
  'backend/app/core/kernel/api.ts': 'export const api = 1\n',
  'backend/app/extensions/ai/plugin.ts': "import { api } from '../../core/kernel/api.ts'\nexport const ai = api\n",
  'frontend/src/main.ts': "import type { Model } from '../../packages/compose/src/model.ts'\nexport type M = Model\n",
  'node_modules/kysely/package.json': '{"name":"kysely","main":"index.js"}',
  'node_modules/kysely/index.js': 'exports.sql = 1\n',
  'node_modules/fastify/package.json': '{"name":"fastify","main":"index.js"}',
  'node_modules/fastify/index.js': 'module.exports = 1\n',
  'package.json': '{"name":"tree","dependencies":{"kysely":"1","fastify":"1"}}',
}

const repository = resolve(import.meta.dirname, '..')
const configFile = join(repository, '.dependency-cruiser.mjs')

async function writeTree(root: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

async function violations(root: string): Promise<Map<string, string[]>> {
  const program = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const folders = ['packages', 'cli', 'backend', 'frontend', 'bench']
  const result = await runCommand(process.execPath, [program, '--config', configFile, '-T', 'json', ...folders], {
    cwd: root,
  })
  const report: { summary: { violations: { from: string; rule: { name: string } }[] } } = JSON.parse(result.stdout)
  const found = new Map<string, string[]>()
  for (const { from, rule } of report.summary.violations) found.set(from, [...(found.get(from) ?? []), rule.name])
  return found
}

describe('the rules of the layers', () => {
  let root = ''
  let found = new Map<string, string[]>()

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'windflow-layers-'))
    await writeTree(root, SOUND)
    for (const files of Object.values(BROKEN)) await writeTree(root, files)
    found = await violations(root)
  }, 60_000)

  afterAll(() => rm(root, { recursive: true, force: true }))

  it.each(Object.entries(BROKEN))('report %s where it is broken', (rule, files) => {
    const [first] = Object.keys(files)
    expect(found.get(first ?? '')).toContain(rule)
  })

  it('report nothing in a sound tree', () => {
    for (const path of Object.keys(SOUND)) expect(found.get(path), path).toBeUndefined()
  })

  it('are each broken by an example here', async () => {
    const config: { default: { forbidden: { name: string }[] } } = await import(configFile)
    expect(config.default.forbidden.map((rule) => rule.name).sort()).toEqual(Object.keys(BROKEN).sort())
  })
})
