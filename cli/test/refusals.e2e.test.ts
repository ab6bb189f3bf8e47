import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testProject } from './project.ts'

const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]
x-h: [*g, *g, *g, *g, *g, *g, *g, *g, *g]
services: { web: { image: web } }
`

describe('bad input', () => {
  it.each([
    ['a file that does not parse', 'services:\n  web: [\n', /compose\.yaml:\d+:\d+: error /],
    [
      'a reference to nothing',
      'services:\n  web:\n    image: web\n    depends_on: [nothing]\n',
      /compose\.yaml:\d+:\d+: error .*nothing/,
    ],
    [
      'a cycle',
      'services:\n  a: { image: a, depends_on: [b] }\n  b: { image: b, depends_on: [a] }\n',
      /compose\.yaml:\d+:\d+: error /,
    ],
    [
      'a missing required variable',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose
      'services:\n  web:\n    image: ${MISSING_HERE:?say which}\n',
      /compose\.yaml:3:\d+: error .*say which/,
    ],
    ['an alias bomb', BOMB, /compose\.yaml:\d+:\d+: error /],
    [
      'an include that cannot be read',
      'include: [nothing.yaml]\nservices: { web: { image: web } }\n',
      /compose\.yaml:1:\d+: error .*nothing\.yaml/,
    ],
  ])('%s is refused at its line, with nothing touched', async (_, text, said) => {
    await using project = testProject(text)
    const { code, out, err } = await project.compose(['up'])
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(said)
    expect(err).not.toMatch(/\n\s+at /)
    expect(await project.docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project.name}`)).toBe('')
  })

  it('of the command line is refused by name', async () => {
    await using project = testProject('services: { web: { image: busybox:1 } }')
    expect(await project.compose(['up', '--menu'])).toMatchObject({ code: 1, err: expect.stringContaining('--menu') })
    expect(await project.compose(['up', 'nothing'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('"nothing"'),
    })
    expect(await project.compose(['cp', 'a', 'b'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('docker cp'),
    })
  })
})

describe('an engine that is away', () => {
  it('is named, with what to do, by every command that needs one', async () => {
    await using project = testProject('services: { web: { image: busybox:1 } }')
    const env = { DOCKER_HOST: `unix://${join(project.folder, 'no.sock')}` }
    for (const words of [['up'], ['plan'], ['ps'], ['logs'], ['down'], ['stop'], ['exec', 'web', 'sh']]) {
      const { code, err } = await project.compose(words, { env })
      expect({ words, code }).toEqual({ words, code: 1 })
      expect(err).toContain('no.sock')
      expect(err).not.toMatch(/\n\s+at |report is in/)
    }
  })
})

describe('a deployment that cannot be', () => {
  it('says that an image is not found, and touches nothing', async () => {
    await using project = testProject('services: { web: { image: "localhost:1/nothing:1" } }')
    const { code, err } = await project.compose(['up'])
    expect(code).toBe(1)
    expect(err).toContain('localhost:1/nothing:1')
    expect(
      await project.docker('network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${project.name}`),
    ).toBe('')
  })

  it('says that a port is taken', async () => {
    const port = 20_000 + (process.pid % 20_000)
    const stack = (key: string) =>
      `services: { ${key}: { image: busybox:1, init: true, stop_grace_period: 0s, command: sh -c "sleep 1000", ports: ["${port}:80"] } }`
    await using holder = testProject(stack('holder'))
    await using project = testProject(stack('web'))
    expect((await holder.compose(['up'])).code).toBe(0)
    const { code, err } = await project.compose(['up'])
    expect(code).toBe(1)
    expect(err).toContain(String(port))
  })
})

describe('the files of a project', () => {
  it('are found from a folder below, through links, and by name from anywhere', async () => {
    await using project = testProject('services: { web: { image: busybox:1 } }')
    symlinkSync(project.folder, `${project.folder}-link`)
    const services = (cwd: string, ...words: string[]) => project.compose([...words, 'config', '--services'], { cwd })
    expect(await services(`${project.folder}-link`)).toMatchObject({ code: 0, out: 'web\n' })
    expect(await services('/', '-f', join(project.folder, 'compose.yaml'))).toMatchObject({ code: 0, out: 'web\n' })
    expect(await services('/', '--project-directory', project.folder)).toMatchObject({ code: 0, out: 'web\n' })
    expect(await services('/')).toMatchObject({ code: 1, err: expect.stringContaining('no Compose file') })
  })
})
