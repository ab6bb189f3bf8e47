import type { Report } from '../diagnostics/report.ts'
import type { Service } from '../model/index.ts'
import type { Files } from '../source/files.ts'
import type { Variables } from './dotenv.ts'
import { addEnvFile } from './env-files.ts'

/** The service with its env files and label files read: their variables and labels become its own, unless it has them. */
export function resolveService(
  name: string,
  service: Service,
  variables: Readonly<Variables>,
  files: Files,
  report: Report,
): Service {
  return withLabelFiles(name, withEnvFiles(name, service, variables, files, report), files, report)
}

function withEnvFiles(
  name: string,
  service: Service,
  variables: Readonly<Variables>,
  files: Files,
  report: Report,
): Service {
  const { env_file: envFiles, environment: given, ...rest } = service
  if (envFiles === undefined && given === undefined) return service
  const own: Record<string, string | null> = Object.create(null)
  for (const [key, value] of Object.entries(given ?? {})) own[key] = value ?? variables[key] ?? null
  const merged: Variables = Object.create(null)
  for (const [key, value] of Object.entries(own)) if (value !== null) merged[key] = value
  const lookup = (key: string) => variables[key] ?? own[key] ?? undefined
  envFiles?.forEach(({ path = '', required, format }, index) => {
    if (required === false && !files.exists(path)) return
    const where = ['services', name, 'env_file', index]
    addEnvFile({ path, format, what: 'the env file', where }, merged, lookup, files, report)
  })
  const environment = { ...merged, ...own }
  return Object.keys(environment).length === 0 ? rest : { ...rest, environment }
}

function withLabelFiles(name: string, service: Service, files: Files, report: Report): Service {
  if (service.label_file === undefined) return service
  const labels: Variables = Object.create(null)
  service.label_file.forEach((path, index) => {
    const found: Variables = Object.create(null)
    const where = ['services', name, 'label_file', index]
    addEnvFile({ path, format: undefined, what: 'the label file', where }, found, (key) => labels[key], files, report)
    Object.assign(labels, found)
  })
  const all = { ...labels, ...service.labels }
  return Object.keys(all).length === 0 ? service : { ...service, labels: all }
}
