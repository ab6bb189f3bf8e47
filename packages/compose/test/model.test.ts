import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { load, memorySource, resolveProject, toJson, toYaml } from '../src/index.ts'
import { Project } from '../src/model/project.ts'
import { bundleNames, CASE_HOME, CASE_ROOT, type Case, readBundle } from './bundle.ts'

const schema = Compile(Project)
const cases = bundleNames().flatMap((bundle) => readBundle(bundle))

/** The model of a case that needs no options; undefined when it has some, or is refused. */
function modelOf({ name, args, env, files }: Case) {
  if (args.length > 0) return undefined
  const cwd = `${CASE_ROOT}/${name}`
  const source = memorySource(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${cwd}/${path}`, text])))
  const project = resolveProject({ source, cwd, env: { HOME: CASE_HOME, ...env } })
  return project.files.length === 0 ? undefined : load(project.files, project.options).model
}

const models = cases.flatMap((one) => {
  const model = modelOf(one)
  return model === undefined ? [] : [{ name: one.name, model }]
})

/** Models that Docker Compose's YAML does not bring back either, and why. */
const LOSSY = new Set([
  ...['dockerfile-abs', 'deploy-device-all'], // What is empty or 0 is left out, and then has its default.
  ...['extends-file2', 'label-file', 'label-file-and-refresh', 'profiles-dep-optional', 'profiles-additional-context'], // They need other files or services.
  ...['dialect-empty-key', 'keys', 'dollar-in-output'], // Names that cannot be written as keys.
  ...['dup-mixed', 'x-in-labels-list'], // A list would say the same twice; names that begin with x-.
])

describe('the model of every case', () => {
  it.each(models)('is as its schema says: $name', ({ model }) => {
    const plain = JSON.parse(JSON.stringify(model))
    expect([...schema.Errors(plain)]).toEqual([])
  })

  it.each(models.filter(({ name }) => !LOSSY.has(name)))('comes back from its own YAML: $name', ({ name, model }) => {
    const path = `${CASE_ROOT}/${name}/written.yaml`
    const { model: again, diagnostics } = load([path], {
      env: {},
      source: memorySource({ [path]: toYaml(model) }),
      projectDirectory: `${CASE_ROOT}/${name}`,
      profiles: ['*'],
    })
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(again === undefined ? undefined : JSON.parse(toJson(again))).toEqual(JSON.parse(toJson(model)))
  })
})
