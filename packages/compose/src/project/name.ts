import type { Report } from '../diagnostics/report.ts'
import type { Variables } from '../environment/dotenv.ts'
import { InvalidTemplate, MissingVariable, substitute } from '../interpolate/template.ts'
import { locateInDocument } from '../parse/locate.ts'
import type { Node } from '../parse/node.ts'
import type { ComposeFile } from '../parse/registry.ts'
import { basename } from '../source/path.ts'

/** Lower case letters, digits, `-` and `_`, beginning with a letter or digit: what a project name may be made of. */
export function normaliseProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

/** The name given, or the last `name:` of the files, or that of the project directory. */
export function findProjectName(
  files: readonly ComposeFile[],
  given: string | undefined,
  directory: string,
  variables: Readonly<Variables>,
  report: Report,
): string {
  const file = files[0]?.path ?? directory
  if (given !== undefined && given !== '') {
    if (normaliseProjectName(given) === given) return given
    const hint = 'Use lower case letters, digits, - and _, and begin with a letter or a digit'
    report.refuse('project/name', { file, line: 1, column: 1 }, `'${given}' cannot be a project name`, hint)
  }
  const named = lastName(files)
  if (named === undefined)
    return normaliseProjectName(basename(directory)) || failEmpty({ file, line: 1, column: 1 }, report)
  const { line, column } = locateInDocument(named.document, ['name'])
  const where = { file: named.file, line, column }
  try {
    const name = normaliseProjectName(
      substitute(
        named.name,
        (variable) => variables[variable],
        () => {},
      ),
    )
    return name || failEmpty(where, report)
  } catch (error) {
    if (error instanceof MissingVariable)
      report.refuse('interpolate/required-variable', where, error.message, `Set ${error.variable}`)
    if (error instanceof InvalidTemplate) {
      const message = `the project name has a $ that begins no variable: ${error.message}`
      report.refuse('interpolate/template', where, message, 'Write $$ for a $, or close the brace')
    }
    throw error
  }
}

function failEmpty(where: { file: string; line: number; column: number }, report: Report): never {
  report.refuse('project/name', where, 'the project has no name', 'Add name: to the Compose file, or give one')
}

function lastName(files: readonly ComposeFile[]): { name: string; file: string; document: Node } | undefined {
  let last: { name: string; file: string; document: Node } | undefined
  for (const { path, documents } of files) {
    for (const document of documents) {
      if (document.kind !== 'mapping') continue
      document.keys.forEach((key, index) => {
        const value = document.values[index]
        if (key.kind !== 'scalar' || key.value !== 'name' || value?.kind !== 'scalar' || value.value === '') return
        if (value.plain && /^(?:~|null|Null|NULL)$/.test(value.value)) return
        last = { name: value.value, file: path, document }
      })
    }
  }
  return last
}
