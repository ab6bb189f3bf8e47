import { describe, expect, it } from 'vitest'
import { formatDiagnostic, type LoadOptions, load, memorySource } from './index.ts'

/** Loads `compose.yaml` and what else is given, of a project folder `/p`. */
function loadFiles(files: Record<string, string>, options: Partial<LoadOptions> = {}) {
  const source = memorySource(Object.fromEntries(Object.entries(files).map(([name, text]) => [`/p/${name}`, text])))
  return load(['compose.yaml'], { env: {}, source, projectDirectory: '/p', ...options })
}

/** Code and place of each error. */
function errorsOf(text: string, others: Record<string, string> = {}, options: Partial<LoadOptions> = {}): string[] {
  const { model, diagnostics } = loadFiles({ 'compose.yaml': text, ...others }, options)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  expect(model === undefined).toBe(errors.length > 0)
  return errors.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`)
}

describe('a file that cannot be loaded', () => {
  it('that is not YAML is refused where it stops being YAML', () => {
    expect(errorsOf('services:\n  a:\n    image: x: y\n')).toEqual(['parse/syntax /p/compose.yaml:3:13'])
    expect(errorsOf('services:\n\ta: {}\n')).toEqual(['parse/character /p/compose.yaml:2:1'])
    expect(errorsOf('services:\n  a: {image: "x}\n')).toEqual(['parse/quote /p/compose.yaml:2:14'])
  })

  it('with keys written twice is refused at each second one', () => {
    const text = 'services:\n  a:\n    image: x\n    image: y\n  b: {image: x}\n  b: {image: y}\n'
    expect(errorsOf(text)).toEqual([
      'parse/duplicate-key /p/compose.yaml:6:3',
      'parse/duplicate-key /p/compose.yaml:4:5',
    ])
  })

  it('that refers to nothing is refused at the reference, all of them', () => {
    const text = [
      'services:',
      '  a:',
      '    image: x',
      '    networks: [nowhere]',
      '    volumes:',
      '      - data:/data',
      '    secrets: [key]',
      '    depends_on:',
      '      other: {condition: service_started}',
    ].join('\n')
    expect(errorsOf(text)).toEqual([
      'consistency/undefined-network /p/compose.yaml:4:16',
      'consistency/dependency /p/compose.yaml:9:7',
      'consistency/undefined-volume /p/compose.yaml:6:9',
      'consistency/undefined-secret /p/compose.yaml:7:15',
    ])
  })

  it('with services that wait for each other names the circle', () => {
    const text = 'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n'
    const { diagnostics } = loadFiles({ 'compose.yaml': text })
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      '/p/compose.yaml:3:30: the services wait for each other: a -> b -> a. Remove one of these dependencies',
    ])
  })

  it('that requires variables lists all that are missing', () => {
    const text = 'services:\n  a:\n    image: ${IMAGE:?which one}\n    command: ${COMMAND?}\n'
    const { diagnostics } = loadFiles({ 'compose.yaml': text })
    expect(diagnostics.map(({ line, column, message }) => [line, column, message])).toEqual([
      [3, 5, 'the variable IMAGE, which services.a.image requires, has no value: which one'],
      [4, 5, 'the variable COMMAND, which services.a.command requires, has no value'],
    ])
  })

  it('that is an alias bomb is refused, soon', () => {
    const levels = 'abcdefghijklmnopqrstuvwxyz'.split('').map((name, index, names) => {
      const inner = index === 0 ? '"x"' : `*${names[index - 1]}`
      return `x-${name}: &${name} [${Array(9).fill(inner).join(',')}]`
    })
    const [error] = errorsOf(`${levels.join('\n')}\nservices: {a: {image: x}}\n`)
    expect(error).toMatch(/^parse\/alias-bomb \/p\/compose.yaml:\d+:\d+$/)
  })

  it('that nests too deeply is refused', () => {
    const [error] = errorsOf(`x-a: ${'['.repeat(100_000)}`)
    expect(error).toMatch(/^parse\/depth /)
  })

  it('that includes a file that is not there is refused at the include', () => {
    expect(
      errorsOf('include:\n  - there.yaml\n  - path: other.yaml\n', { 'there.yaml': 'services: {a: {image: x}}' }),
    ).toEqual(['file/not-found /p/compose.yaml:3:5'])
  })

  it('that includes what has to be fetched is refused', () => {
    const text = 'include:\n  - https://github.com/a/b.git\nservices: {a: {image: x}}\n'
    expect(errorsOf(text)).toEqual(['include/remote /p/compose.yaml:2:5'])
  })

  it('shows problems of an extended service in the file they come from', () => {
    const others = { 'base.yaml': 'services:\n  base:\n    image: x\n    mem_limit: much\n' }
    const text = 'services:\n  a:\n    extends: {file: base.yaml, service: base}\n'
    expect(errorsOf(text, others)).toEqual(['model/value /p/base.yaml:4:5'])
  })

  it('shows problems of an env file at their line of it', () => {
    const text = 'services:\n  a: {image: x, env_file: [a.env]}\n'
    expect(errorsOf(text, { 'a.env': 'A=1\n\nB!=2\n' })).toEqual(['env-file/syntax /p/a.env:3:1'])
  })

  it('gives a hint for a key that was misspelt', () => {
    const { diagnostics } = loadFiles({ 'compose.yaml': 'services:\n  a:\n    imagee: x\n' })
    expect(diagnostics[0]).toMatchObject({
      code: 'schema/unknown-key',
      line: 3,
      column: 5,
      hint: 'Did you mean `image`?',
    })
  })
})

describe('threat: a Compose file of a stranger reads what is not its own', () => {
  const text = 'services:\n  a:\n    image: x\n    env_file:\n      - ../secret\n'

  function loadWithin(file: string, linked: Record<string, string> = {}) {
    const inner = memorySource({ '/p/compose.yaml': file, '/secret': 'KEY=value', '/p/linked.env': 'KEY=value' }, [
      '/p',
    ])
    const source = { ...inner, realPath: (path: string) => linked[path] ?? inner.realPath(path) }
    const { diagnostics } = load(['/p/compose.yaml'], { env: {}, source, projectDirectory: '/p' })
    return diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`)
  }

  it('by a path that leads out', () => {
    expect(loadWithin(text)).toEqual(['file/outside 5:9'])
  })

  it('by a link that leads out', () => {
    const linking = text.replace('../secret', './linked.env')
    expect(loadWithin(linking)).toEqual([])
    expect(loadWithin(linking, { '/p/linked.env': '/secret' })).toEqual(['file/outside 5:9'])
  })

  it('by an include or an extended file', () => {
    expect(loadWithin('include:\n  - ../secret\n')).toEqual(['file/outside 2:5'])
    const extending = 'services:\n  a:\n    extends: {file: ../secret, service: a}\n'
    expect(loadWithin(extending)).toEqual(['file/outside 3:5'])
  })

  it('with keys that mean something to JavaScript', () => {
    const polluting =
      'services:\n  a:\n    image: x\n    labels: {__proto__: p, constructor: c}\nx-a: {__proto__: {polluted: yes}}\n'
    const { model } = loadFiles({ 'compose.yaml': polluting })
    expect(Object.entries(model?.services.a?.labels ?? {})).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('what one can ask of a load', () => {
  const text = [
    'services:',
    '  web: {image: w, depends_on: [db], networks: [front, back]}',
    '  db: {image: d, networks: [back], profiles: [data]}',
    '  tool: {image: t, profiles: [tools], depends_on: [db]}',
    'networks: {front: {}, back: {}}',
  ].join('\n')

  it('enables the profiles of a service that is asked for by name, and takes what it depends on', () => {
    const { model, disabledServices } = loadFiles({ 'compose.yaml': text }, { services: ['tool'], profiles: ['data'] })
    expect(Object.keys(model?.services ?? {})).toEqual(['db', 'tool'])
    expect(Object.keys(model?.networks ?? {})).toEqual(['back', 'default'])
    expect(disabledServices).toEqual({})
  })

  it('refuses a service that there is not', () => {
    expect(errorsOf(text, {}, { services: ['nope'], profiles: ['*'] })).toEqual([
      'select/unknown-service /p/compose.yaml:1:1',
    ])
  })

  it('says which services no profile enables', () => {
    const { disabledServices } = loadFiles({
      'compose.yaml': 'services: {a: {image: x}, b: {image: y, profiles: [p]}}',
    })
    expect(Object.keys(disabledServices)).toEqual(['b'])
  })

  it('keeps what no service uses when asked to', () => {
    const unused = { 'compose.yaml': 'services: {a: {image: x}}\nvolumes: {v: {}}\n' }
    expect(loadFiles(unused).model?.volumes).toBeUndefined()
    expect(loadFiles(unused, { allResources: true }).model?.volumes).toEqual({ v: { name: 'p_v' } })
  })

  it('leaves env files unread when asked to', () => {
    const files = { 'compose.yaml': 'services: {a: {image: x, env_file: a.env}}' }
    expect(loadFiles(files, { resolveEnvironment: false }).model?.services.a?.env_file).toEqual([{ path: '/p/a.env' }])
  })

  it('finds the place of any element, in whichever file it is', () => {
    const files = {
      'compose.yaml': 'services:\n  a:\n    image: x\n    ports:\n      - "80:80"\n      - "81:81"\n',
      'b.yaml': 'services:\n  a:\n    labels:\n      k: v\n',
    }
    const source = memorySource(Object.fromEntries(Object.entries(files).map(([name, body]) => [`/p/${name}`, body])))
    const { sources } = load(['compose.yaml', 'b.yaml'], { env: {}, source, projectDirectory: '/p' })
    expect(sources.locate(['services', 'a', 'ports', 1])).toEqual({ file: '/p/compose.yaml', line: 6, column: 9 })
    expect(sources.locate(['services', 'a', 'labels', 'k'])).toEqual({ file: '/p/b.yaml', line: 4, column: 7 })
    expect(sources.files.map(({ path }) => path)).toEqual(['/p/compose.yaml', '/p/b.yaml'])
  })

  it('reads a file that is given as text', () => {
    const { model } = load([{ path: '/p/-', text: 'services: {a: {image: x}}' }], {
      env: {},
      source: memorySource({}),
      projectDirectory: '/p',
    })
    expect(model?.services.a?.image).toBe('x')
  })

  it('warns of variables that become empty, where they are', () => {
    const { model, diagnostics } = loadFiles({ 'compose.yaml': 'services:\n  a:\n    image: x${TAG}\n' })
    expect(model?.services.a?.image).toBe('x')
    expect(diagnostics).toMatchObject([{ code: 'interpolate/unset-variable', severity: 'warning', line: 3, column: 5 }])
  })

  it('keeps extensions of every element', () => {
    const { model } = loadFiles({
      'compose.yaml': 'services: {a: {image: x, x-windflow: {update: {order: stop-first}}}}',
    })
    expect(model?.services.a?.['x-windflow']).toEqual({ update: { order: 'stop-first' } })
  })
})
