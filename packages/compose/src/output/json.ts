import { printModel } from '../hash/index.ts'
import type { Project } from '../model/index.ts'

/** The model as `docker compose config --format json` prints it, with `$` as `$$`. */
export function toJson(project: Project): string {
  return printModel(project).replaceAll('$', '$$$$')
}
