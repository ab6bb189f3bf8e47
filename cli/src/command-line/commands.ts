import { CONFIG_FLAGS } from './config-flags.ts'
import { EXEC_FLAGS, LOGS_FLAGS, PS_FLAGS, RESTART_FLAGS, START_FLAGS, STOP_FLAGS } from './container-flags.ts'
import {
  BUILD_FLAGS,
  DOWN_FLAGS,
  IMAGE_PULL_FLAGS,
  PLAN_FLAGS,
  RELEASES_FLAGS,
  ROLLBACK_FLAGS,
  UP_FLAGS,
} from './deploy-flags.ts'
import type { Flag, Given } from './flag.ts'
import type { GLOBAL_FLAGS } from './global-flags.ts'

export interface CommandEntry {
  readonly summary: string
  /** As commander reads it: `[service...]`. */
  readonly operands: string
  readonly flags: readonly Flag[]
  /** Flags end at the first operand: the rest belongs to the command that is run. */
  readonly passThrough?: true
}

/** The commands of `windflow compose`, in the order of the help. */
export const COMMANDS = {
  config: { summary: 'Check the files and print the model they make', operands: '[service...]', flags: CONFIG_FLAGS },
  plan: { summary: 'Show what up would change, and why', operands: '[service...]', flags: PLAN_FLAGS },
  up: {
    summary: 'Deploy: plan, apply, wait for health, put the previous release back on failure',
    operands: '[service...]',
    flags: UP_FLAGS,
  },
  down: { summary: 'Stop and remove containers and networks', operands: '[service...]', flags: DOWN_FLAGS },
  ps: { summary: 'List containers', operands: '[service...]', flags: PS_FLAGS },
  logs: { summary: 'Show the logs of containers', operands: '[service...]', flags: LOGS_FLAGS },
  exec: {
    summary: 'Run a command in a running container',
    operands: '<service> <command> [arguments...]',
    flags: EXEC_FLAGS,
    passThrough: true,
  },
  start: { summary: 'Start stopped services', operands: '[service...]', flags: START_FLAGS },
  stop: { summary: 'Stop services', operands: '[service...]', flags: STOP_FLAGS },
  restart: { summary: 'Restart services', operands: '[service...]', flags: RESTART_FLAGS },
  pull: { summary: 'Pull images', operands: '[service...]', flags: IMAGE_PULL_FLAGS },
  build: { summary: 'Build images', operands: '[service...]', flags: BUILD_FLAGS },
  rollback: {
    summary: 'Deploy a stored release exactly (default: the last one that worked before this)',
    operands: '[release]',
    flags: ROLLBACK_FLAGS,
  },
  releases: { summary: 'List the releases of this project', operands: '', flags: RELEASES_FLAGS },
} as const satisfies Readonly<Record<string, CommandEntry>>

export type CommandName = keyof typeof COMMANDS

export type GlobalOptions = Given<typeof GLOBAL_FLAGS>
/** `--dry-run` may be given before the command or after it. */
export type OptionsOf<C extends CommandName> = Given<(typeof COMMANDS)[C]['flags']> & { readonly 'dry-run'?: true }

/** One command as it was asked for. */
export type Invocation = {
  readonly [C in CommandName]: {
    readonly command: C
    readonly global: GlobalOptions
    readonly options: OptionsOf<C>
    readonly operands: readonly string[]
  }
}[CommandName]

export type InvocationOf<C extends CommandName> = Extract<Invocation, { readonly command: C }>

/** Commands of docker compose that WindFlow has not, with what to use instead. */
export const REFUSED_COMMANDS: Readonly<Record<string, string>> = {
  attach: 'use `windflow compose logs -f`, or `docker attach`',
  bridge: 'WindFlow deploys to Kubernetes itself',
  commit: 'use `docker commit`; an image that is not built from a file cannot be deployed again',
  cp: 'use `docker cp`',
  create: 'a release is only put in place when it runs; `windflow compose plan` shows what would be made',
  events: 'use `docker events --filter label=com.docker.compose.project=NAME`',
  export: 'use `docker export`',
  images: 'use `windflow compose config --images`, or `docker image ls`',
  kill: 'use `windflow compose stop -t 0`',
  ls: 'use `docker compose ls`',
  pause: 'use `docker pause`',
  port: 'use `windflow compose ps`',
  publish: 'Compose files are read from folders, never from a registry',
  push: 'use `docker push`',
  rm: 'use `windflow compose down`, or `up --remove-orphans`',
  run: 'use `docker compose run`, which works on what WindFlow deployed',
  scale: 'use `windflow compose up --scale SERVICE=NUM`',
  stats: 'use `docker stats`',
  top: 'use `docker top`',
  unpause: 'use `docker unpause`',
  version: 'use `windflow --version`',
  volumes: 'use `windflow compose config --volumes`, or `docker volume ls`',
  wait: 'use `docker wait`',
  watch: 'use `docker compose watch`, which works on what WindFlow deployed',
}
