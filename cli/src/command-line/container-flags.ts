import type { Flag } from './flag.ts'

const FORMAT = {
  name: 'format',
  kind: 'text',
  value: 'FORMAT',
  choices: ['text', 'json'],
  help: 'text (default) or json, for programs',
} as const satisfies Flag

const GO_TEMPLATE = 'table, json or a list of columns'

export const PS_FLAGS = [
  { name: 'all', short: 'a', kind: 'switch', help: 'Show stopped containers too' },
  { name: 'quiet', short: 'q', kind: 'switch', help: 'Only the ids' },
  { name: 'services', kind: 'switch', help: 'Only the service names' },
  { name: 'filter', kind: 'texts', value: 'status=STATE', help: 'Only containers in this state' },
  { name: 'status', kind: 'texts', value: 'STATE', help: 'Only containers in this state' },
  { name: 'no-trunc', kind: 'switch', help: 'Show ids and commands in full' },
  { name: 'orphans', kind: 'switch', help: 'Accepted; containers of services the files no longer have are shown' },
  { name: 'no-orphans', kind: 'switch', help: 'Leave out containers of services the files no longer have' },
  { name: 'format', kind: 'text', value: 'FORMAT', choices: ['table', 'json'], help: `${GO_TEMPLATE}` },
] as const satisfies readonly Flag[]

export const LOGS_FLAGS = [
  { name: 'follow', short: 'f', kind: 'switch', help: 'Keep following' },
  { name: 'index', kind: 'whole', value: 'NUMBER', help: 'Only this container of a service' },
  { name: 'no-color', kind: 'switch', help: 'No colours' },
  { name: 'no-log-prefix', kind: 'switch', help: 'Lines without the name of the container' },
  {
    name: 'since',
    kind: 'text',
    value: 'TIME',
    help: 'Lines after a time (2026-01-02T13:23:37Z) or a duration ago (42m)',
  },
  { name: 'until', kind: 'text', value: 'TIME', help: 'Lines before a time or a duration ago' },
  {
    name: 'tail',
    short: 'n',
    kind: 'text',
    value: 'LINES',
    help: 'Only the last lines of each container (default: all)',
  },
  { name: 'timestamps', short: 't', kind: 'switch', help: 'Lines with their time' },
  FORMAT,
] as const satisfies readonly Flag[]

export const EXEC_FLAGS = [
  { name: 'detach', short: 'd', kind: 'switch', help: 'Start the command and return' },
  { name: 'env', short: 'e', kind: 'texts', value: 'NAME=VALUE', help: 'Set a variable' },
  { name: 'index', kind: 'whole', value: 'NUMBER', help: 'Container of the service' },
  { name: 'no-tty', short: 'T', kind: 'switch', help: 'No terminal, also when there is one' },
  { name: 'privileged', kind: 'switch', help: 'Give the command extended privileges' },
  { name: 'user', short: 'u', kind: 'text', value: 'USER', help: 'Run as this user' },
  { name: 'workdir', short: 'w', kind: 'text', value: 'PATH', help: 'Folder to run in' },
  FORMAT,
  { name: 'interactive', short: 'i', kind: 'switch', help: 'Accepted; input is always passed on', hidden: true },
  { name: 'tty', short: 't', kind: 'switch', help: 'Accepted; a terminal is used when there is one', hidden: true },
  { name: 'no-TTY', kind: 'switch', help: 'Old name of --no-tty', hidden: true },
] as const satisfies readonly Flag[]

export const START_FLAGS = [
  { name: 'wait', kind: 'switch', help: 'Wait until the services are running or healthy' },
  { name: 'wait-timeout', kind: 'whole', value: 'SECONDS', help: 'Longest time to wait' },
  FORMAT,
] as const satisfies readonly Flag[]

export const STOP_FLAGS = [
  { name: 'timeout', short: 't', kind: 'whole', value: 'SECONDS', help: 'Grace period' },
  FORMAT,
] as const satisfies readonly Flag[]

export const RESTART_FLAGS = [
  { name: 'no-deps', kind: 'switch', help: 'Leave services that depend on these with `restart: true` alone' },
  { name: 'timeout', short: 't', kind: 'whole', value: 'SECONDS', help: 'Grace period' },
  FORMAT,
] as const satisfies readonly Flag[]
