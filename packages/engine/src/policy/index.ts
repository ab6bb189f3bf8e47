import type { Project } from '@windflow/compose'
import { checkFileObjects, checkServiceFiles } from './files.ts'
import type { Finding, PolicyOptions } from './finding.ts'
import { checkIsolation, checkNetworks } from './isolation.ts'
import { checkMounts, checkVolumes } from './mounts.ts'

export type { Finding, PolicyCode, PolicyOptions, PolicySeverity } from './finding.ts'

/**
 * What a model asks for beyond containers, networks and volumes of its own. Pure, and no verdict: the command line
 * warns, the server refuses what the role may not do. Paths are judged as written; links are resolved by the loader.
 */
export function checkPolicy(model: Project, options: PolicyOptions): Finding[] {
  return [
    ...Object.entries(model.services).flatMap(([name, service]) => [
      ...checkIsolation(name, service),
      ...checkMounts(name, service, options),
      ...checkServiceFiles(name, service, options),
    ]),
    ...checkNetworks(model),
    ...checkVolumes(model, options),
    ...checkFileObjects(model, options),
  ]
}
