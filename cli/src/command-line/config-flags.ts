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
  { name: 'variables', takesValue: false, refused: 'use --environment for the values the files are given' },
  { name: 'no-interpolate', takesValue: false, refused: 'the files themselves are what there is before interpolation' },
  { name: 'no-env-resolution', kind: 'switch', help: 'Keep env_file as it is written, do not read the files' },
  {
    name: 'no-path-resolution',
    takesValue: false,
    refused: 'paths that are not resolved mean something else in another folder',
  },
  { name: 'no-normalize', takesValue: false, refused: 'defaults and implied names are part of the canonical model' },
  { name: 'no-consistency', takesValue: false, refused: 'a model that refers to nothing cannot be deployed' },
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
