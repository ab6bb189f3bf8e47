import type { Diagnostic } from '@windflow/compose'
import { checkPolicy, type Finding } from '@windflow/engine/policy'
import type { LoadedProject } from '../project/load.ts'

/** What reaches beyond the project's own containers, as warnings at their place in the files. What is rarely a reason to
 * refuse is left out. */
export function policyWarnings({ model, folder, locate }: LoadedProject): Diagnostic[] {
  return checkPolicy(model, { allowedPaths: [folder] })
    .filter((finding) => finding.severity !== 'low')
    .map((finding) => {
      const path = elementPath(finding)
      const { code, message, hint } = finding
      return { ...locate(path), code: `policy/${code}`, severity: 'warning' as const, message, hint, path }
    })
}

/** `services.web.volumes[0]` as keys and indexes. The name of a service may have dots in it. */
export function elementPath({ path, service }: Pick<Finding, 'path' | 'service'>): (string | number)[] {
  const prefix = `services.${service}`
  const named =
    service !== undefined && (path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`))
  const rest = named ? path.slice(prefix.length) : path
  const words = rest.match(/[^.[\]]+/g) ?? []
  const keys = words.map((word) => (/^\d+$/.test(word) && rest.includes(`[${word}]`) ? Number(word) : word))
  return named ? ['services', service, ...keys] : keys
}
