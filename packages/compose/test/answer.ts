import { parseArgs } from 'node:util'
import { type Diagnostic, load, memorySource, resolveProject, toJson } from '../src/index.ts'
import { CASE_HOME, CASE_ROOT, type Case } from './bundle.ts'

/** What this package answers to a case, in the form of Docker Compose's answer. */
export function answer({ name, args, env, files }: Case): { model?: unknown; diagnostics: readonly Diagnostic[] } {
  const cwd = `${CASE_ROOT}/${name}`
  const source = memorySource(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${cwd}/${path}`, text])))
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: 'string', short: 'f', multiple: true },
      'project-name': { type: 'string', short: 'p' },
      'project-directory': { type: 'string' },
      profile: { type: 'string', multiple: true },
      'env-file': { type: 'string', multiple: true },
    },
  })
  const project = resolveProject({
    source,
    cwd,
    env: { HOME: CASE_HOME, ...env },
    files: values.file,
    projectName: values['project-name'],
    projectDirectory: values['project-directory'],
    profiles: values.profile,
    envFiles: values['env-file'],
  })
  if (project.diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics: project.diagnostics }
  const { model, diagnostics } = load(project.files, project.options)
  return model === undefined ? { diagnostics } : { model: JSON.parse(toJson(model)), diagnostics }
}
