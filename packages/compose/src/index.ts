/**
 * Compose files to the canonical model, as Docker Compose 5.6 reads them. Pure: files are read through a `FileSource`
 * only, and nothing here needs Node. The Node implementation of that port is in `@windflow/compose/node`.
 */
export { type Diagnostic, formatDiagnostic, type Position, type Severity } from './diagnostics/diagnostic.ts'
export * from './hash/index.ts'
export { type ComposeFileInput, type LoadOptions, type LoadResult, load, type Sources } from './load.ts'
export type * from './model/index.ts'
export { toJson } from './output/json.ts'
export { toYaml } from './output/yaml.ts'
export { normaliseProjectName } from './project/name.ts'
export { type ProjectRequest, type ResolvedProject, resolveProject } from './project/resolve.ts'
export { type FileSource, memorySource } from './source/source.ts'
