import type { Build, Project, Service } from '@windflow/compose'
import type { Finding, PolicyOptions } from './finding.ts'
import { isInside } from './paths.ts'

const HINT = 'keep it inside the folder of the stack'

/** Configs and secrets that are read from files outside the stack. */
export function checkFileObjects(model: Project, options: PolicyOptions): Finding[] {
  return (['configs', 'secrets'] as const).flatMap((kind) =>
    Object.entries(model[kind] ?? {}).flatMap(([key, object]) =>
      object.file === undefined ? [] : outside(undefined, `${kind}.${key}.file`, object.file, options),
    ),
  )
}

/** Files a service reads, and what its build may do. */
export function checkServiceFiles(name: string, service: Service, options: PolicyOptions): Finding[] {
  const at = `services.${name}`
  const credentials = service.credential_spec?.file
  return [
    ...(service.env_file ?? []).flatMap((file, i) => outside(name, `${at}.env_file[${i}]`, file.path ?? '', options)),
    ...(service.label_file ?? []).flatMap((file, i) => outside(name, `${at}.label_file[${i}]`, file, options)),
    ...(credentials === undefined ? [] : outside(name, `${at}.credential_spec.file`, credentials, options)),
    ...(service.build ? checkBuild(name, `${at}.build`, service.build, options) : []),
  ]
}

function checkBuild(service: string, at: string, build: Build, options: PolicyOptions): Finding[] {
  const findings: Finding[] = []
  const privilege = (path: string, message: string, hint: string): void => {
    findings.push({ code: 'build-privilege', severity: 'high', service, path: `${at}.${path}`, message, hint })
  }
  if (isLocal(build.context)) findings.push(...outside(service, `${at}.context`, build.context ?? '', options))
  for (const [key, context] of Object.entries(build.additional_contexts ?? {})) {
    if (isLocal(context)) findings.push(...outside(service, `${at}.additional_contexts.${key}`, context, options))
  }
  if (build.privileged) privilege('privileged', 'the build has all rights on the host', 'build without')
  if (build.network === 'host') privilege('network', 'the build shares the network of the host', 'take it out')
  build.entitlements?.forEach((entitlement, i) => {
    privilege(`entitlements[${i}]`, `the build may do ${entitlement}`, 'take it out if it builds without')
  })
  build.ssh?.forEach((key, i) => {
    privilege(`ssh[${i}]`, `the build uses SSH keys of whoever builds (${key.split('=', 1)[0]})`, 'use a build secret')
  })
  return findings
}

/** A URL, a git reference, an image (`docker-image://`) or a service (`service:`) is not a folder. */
function isLocal(context: string | undefined): boolean {
  return context !== undefined && !/^([a-z][a-z0-9+.-]*:|git@)/i.test(context)
}

function outside(service: string | undefined, path: string, file: string, options: PolicyOptions): Finding[] {
  if (isInside(file, options.allowedPaths)) return []
  const message = `reads ${file}, which is outside the allowed folders`
  return [{ code: 'file-outside', severity: 'high', ...(service && { service }), path, message, hint: HINT }]
}
