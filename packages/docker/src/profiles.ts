import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Desired } from '@windflow/engine'
import { EngineError } from '@windflow/engine'
import { profilePath } from './attributes/isolation.ts'

/** Seccomp profiles the services name, as compact JSON by the path they use. The engine wants the text, not the path. */
export function seccompProfiles(desired: Desired): Record<string, string> {
  const profiles: Record<string, string> = {}
  for (const [name, service] of Object.entries(desired.model.services)) {
    for (const option of service.security_opt ?? []) {
      const path = profilePath(option)
      if (path !== undefined)
        profiles[path] ??= readProfile(name, resolve(desired.source?.workingDirectory ?? '', path))
    }
  }
  return profiles
}

function readProfile(service: string, path: string): string {
  try {
    return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new EngineError('seccomp-profile', `the seccomp profile of service ${service} cannot be used: ${path}`, {
      class: 'user',
      hint: 'it must be a readable JSON file; its path is relative to the project',
      cause,
    })
  }
}
