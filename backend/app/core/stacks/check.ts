import { createHash } from 'node:crypto'
import { type Diagnostic, load, memorySource, type Project } from '@windflow/compose'
import { checkExtensions } from '@windflow/engine'
import { DomainError, type FieldProblem } from '../kernel/errors.ts'
import type { DiagnosticValue, StackContentValue, StackFileValue } from './schema.ts'
import { definitionProblems, exampleValues } from './variables.ts'

/** Where a stack's files are while it is only looked at; it appears in no message. */
const FOLDER = '/stack'
const MAX_BYTES = 4 * 1024 * 1024

export interface CheckedStack {
  readonly entry: string[]
  readonly digest: string
  readonly warnings: DiagnosticValue[]
}

/** The Compose files in their order: as given, or the one a person expects. */
export function entryFiles(content: Pick<StackContentValue, 'files' | 'entry'>): string[] {
  if (content.entry !== undefined) return content.entry
  const names = content.files.map(({ path }) => path)
  const found = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'].find((name) =>
    names.includes(name),
  )
  return found === undefined ? [] : [found]
}

/**
 * Holds a stack against everything that can be known before it is deployed.
 * @throws DomainError `invalid` with every problem: of fields by their path, of Compose files by line and column.
 */
export function checkStack(content: StackContentValue): CheckedStack {
  const entry = entryFiles(content)
  const fields: FieldProblem[] = [...fileProblems(content, entry), ...definitionProblems(content.variables)]
  if (fields.length > 0) throw invalid('the stack is not valid', fields, [])
  const { diagnostics } = readModel(content.files, entry, {
    project: 'example',
    variables: exampleValues(content.variables),
  })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    const problems = errors.map(({ file, line, column, message }) => ({
      path: `/files/${content.files.findIndex(({ path }) => path === file)}/content`,
      message: `${file}:${line}:${column}: ${message}`,
    }))
    throw invalid('the Compose files are not valid', problems, diagnostics)
  }
  return { entry, digest: stackDigest(content, entry), warnings: diagnostics }
}

function fileProblems({ files }: StackContentValue, entry: readonly string[]): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  const seen = new Set<string>()
  let bytes = 0
  for (const [index, { path, content }] of files.entries()) {
    if (seen.has(path)) problems.push({ path: `/files/${index}/path`, message: `"${path}" is there twice` })
    seen.add(path)
    bytes += Buffer.byteLength(content)
  }
  for (const path of seen) {
    const parent = [...seen].find((other) => path.startsWith(`${other}/`))
    if (parent !== undefined) problems.push({ path: '/files', message: `"${parent}" is a file and a folder at once` })
  }
  if (bytes > MAX_BYTES) problems.push({ path: '/files', message: `more than ${MAX_BYTES / 1024 / 1024} MB in all` })
  if (entry.length === 0)
    problems.push({
      path: '/files',
      message: 'there is no compose.yaml: add one, or name the Compose files in "entry"',
    })
  for (const [index, path] of entry.entries()) {
    if (!seen.has(path)) problems.push({ path: `/entry/${index}`, message: `there is no file "${path}"` })
  }
  return problems
}

export interface ModelRequest {
  readonly project: string
  readonly variables: Readonly<Record<string, string>>
  readonly profiles?: readonly string[]
  /** Absolute folder that relative paths of the model begin at; the files themselves are read from memory. */
  readonly folder?: string
}

/** The canonical model of a stack's files with these values. Nothing outside the stack can be read. */
export function readModel(
  files: readonly StackFileValue[],
  entry: readonly string[],
  { project, variables, profiles, folder = FOLDER }: ModelRequest,
): { readonly model?: Project; readonly diagnostics: DiagnosticValue[] } {
  const texts = files.map(({ path, content, encoding }): [string, string] => [
    `${folder}/${path}`,
    encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content,
  ])
  const { model, diagnostics } = load(
    entry.map((path) => `${folder}/${path}`),
    {
      env: variables,
      source: memorySource(Object.fromEntries(texts), [folder]),
      projectDirectory: folder,
      projectName: project,
      ...(profiles === undefined ? {} : { profiles }),
    },
  )
  const shown = diagnostics.map((diagnostic) => diagnosticView(diagnostic, folder))
  const extensions = model === undefined ? [] : checkExtensions(model)
  const problems = extensions.map(
    ({ code, path, message, hint }): DiagnosticValue => ({
      code,
      severity: 'error',
      file: entry[0] ?? '',
      line: 1,
      column: 1,
      message: `${path} ${message}`,
      hint,
    }),
  )
  return { ...(model === undefined ? {} : { model }), diagnostics: [...shown, ...problems] }
}

function diagnosticView(
  { code, severity, message, hint, file, line, column }: Diagnostic,
  folder: string,
): DiagnosticValue {
  const local = (text: string): string => text.replaceAll(`${folder}/`, '')
  return { code, severity, file: local(file), line, column, message: local(message), hint: local(hint) }
}

/** Identifies the content of a version: the same content has the same digest. */
export function stackDigest(content: StackContentValue, entry: readonly string[]): string {
  const files = content.files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, content, encoding }) => [path, encoding, content])
  return createHash('sha256')
    .update(JSON.stringify([files, entry, content.variables]))
    .digest('hex')
}

function invalid(
  message: string,
  fields: readonly FieldProblem[],
  diagnostics: readonly DiagnosticValue[],
): DomainError {
  return new DomainError('invalid', 'invalid-stack', message, { fields, extra: { in: 'body', diagnostics } })
}
