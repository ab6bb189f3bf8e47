import type { Flag } from './flag.ts'

export const CONFIG_FLAGS = [
  { name: 'format', kind: 'text', value: 'FORMAT', choices: ['yaml', 'json'], help: 'yaml (default) or json' },
  { name: 'hash', kind: 'text', value: 'SERVICES', help: 'Print the hash of these services (comma separated, or *)' },
  { name: 'services', kind: 'switch', help: 'Print the service names' },
  { name: 'quiet', short: 'q', kind: 'switch', help: 'Only check, print nothing' },
  { name: 'volumes', kind: 'switch', help: 'Print the volume names' },
  { name: 'networks', kind: 'switch', help: 'Print the network names' },
  { name: 'models', kind: 'switch', help: 'Print the AI model names' },
  { name: 'images', kind: 'switch', help: 'Print the image names' },
  { name: 'profiles', kind: 'switch', help: 'Print the profile names' },
  { name: 'environment', kind: 'switch', help: 'Print the variables used for interpolation' },
  { name: 'variables', kind: 'switch', help: 'Print the variables the files name, with their defaults' },
  { name: 'no-interpolate', kind: 'switch', help: 'Leave variables as they are written' },
  { name: 'no-env-resolution', kind: 'switch', help: 'Keep env_file as it is written, do not read the files' },
  { name: 'no-path-resolution', kind: 'switch', help: 'Keep relative paths as they are written' },
  { name: 'no-normalize', kind: 'switch', help: 'Do not fill in defaults and implied names' },
  { name: 'no-consistency', kind: 'switch', help: 'Do not check references between elements' },
  { name: 'output', short: 'o', kind: 'text', value: 'PATH', help: 'Write to this file instead of the terminal' },
  {
    name: 'resolve-image-digests',
    takesValue: false,
    refused: 'a release pins the digests of its images by itself, see `windflow compose releases --format json`',
  },
  {
    name: 'lock-image-digests',
    takesValue: false,
    refused: 'a release pins the digests of its images by itself, see `windflow compose releases --format json`',
  },
] as const satisfies readonly Flag[]
