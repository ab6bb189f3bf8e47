import type { Flag } from './flag.ts'

/** Given before the command: `windflow compose -f a.yaml up`. */
export const GLOBAL_FLAGS = [
  { name: 'file', short: 'f', kind: 'texts', value: 'PATH', help: 'Compose file; several are merged in order' },
  { name: 'project-name', short: 'p', kind: 'text', value: 'NAME', help: 'Project name' },
  { name: 'profile', kind: 'texts', value: 'NAME', help: 'Switch a profile on' },
  { name: 'env-file', kind: 'texts', value: 'PATH', help: 'Read variables from this file instead of .env' },
  {
    name: 'project-directory',
    kind: 'text',
    value: 'PATH',
    help: 'Folder that relative paths start from (default: that of the first Compose file)',
  },
  {
    name: 'ansi',
    kind: 'text',
    value: 'WHEN',
    choices: ['never', 'always', 'auto'],
    help: 'Colours and moving progress: never, always or auto',
  },
  {
    name: 'progress',
    kind: 'text',
    value: 'TYPE',
    choices: ['auto', 'tty', 'plain', 'json', 'quiet'],
    help: 'Progress as auto, tty, plain, json or quiet',
  },
  { name: 'all-resources', kind: 'switch', help: 'Keep networks, volumes, configs and secrets that no service uses' },
  { name: 'dry-run', kind: 'switch', help: 'Show what would be done, change nothing' },
  { name: 'workdir', kind: 'text', value: 'PATH', help: 'Old name of --project-directory', hidden: true },
  { name: 'no-ansi', kind: 'switch', help: 'Old name of --ansi never', hidden: true },
  {
    name: 'compatibility',
    takesValue: false,
    refused: 'it names containers as Compose 1 did, and WindFlow follows Compose 2 and later',
  },
  { name: 'parallel', takesValue: true, refused: 'WindFlow bounds its own parallelism' },
  {
    name: 'verbose',
    takesValue: false,
    refused: 'use --progress plain for every step, or --progress json for programs',
  },
  {
    name: 'insecure-registry',
    takesValue: true,
    refused: 'Compose files are read from folders, never from a registry',
  },
] as const satisfies readonly Flag[]
