import type { Flag } from './flag.ts'

const FOREGROUND = 'up returns after the gate and keeps no terminal; use --attach, or `windflow compose logs -f`'

const FORMAT = {
  name: 'format',
  kind: 'text',
  value: 'FORMAT',
  choices: ['text', 'json'],
  help: 'text (default) or json, for programs',
} as const satisfies Flag

const PLAN = [
  { name: 'build', kind: 'switch', help: 'Build images first, also those that exist' },
  { name: 'force-recreate', kind: 'switch', help: 'Replace containers also when nothing changed' },
  { name: 'no-recreate', kind: 'switch', help: 'Leave containers that exist as they are' },
  { name: 'no-deps', kind: 'switch', help: 'Only the services named, without what they depend on' },
  {
    name: 'pull',
    kind: 'text',
    value: 'WHEN',
    choices: ['always', 'missing', 'never', 'policy'],
    help: 'Pull images always, when missing, never, or as each service says (policy, the default)',
  },
  { name: 'remove-orphans', kind: 'switch', help: 'Remove containers of services the files no longer have' },
  { name: 'scale', kind: 'texts', value: 'SERVICE=NUM', help: 'Number of containers of a service' },
  { name: 'renew-anon-volumes', short: 'V', kind: 'switch', help: 'Give replaced containers new anonymous volumes' },
  { name: 'timeout', short: 't', kind: 'whole', value: 'SECONDS', help: 'Grace period of containers that are stopped' },
  FORMAT,
] as const satisfies readonly Flag[]

/** `plan` is WindFlow's own: what up would do. */
export const PLAN_FLAGS = [
  ...PLAN,
  { name: 'no-gate', kind: 'switch', help: 'Plan without health gates' },
] as const satisfies readonly Flag[]

export const UP_FLAGS = [
  ...PLAN,
  { name: 'wait-timeout', kind: 'whole', value: 'SECONDS', help: 'Longest time a service may take to become healthy' },
  { name: 'yes', short: 'y', kind: 'switch', help: 'Go on without asking, also when data is lost' },
  { name: 'no-rollback', kind: 'switch', help: 'Leave a failed release as it is, for a look at it' },
  { name: 'no-gate', kind: 'switch', help: 'Started is good enough, do not wait for health' },
  { name: 'attach', kind: 'maybe', value: 'SERVICE', help: 'Follow the logs afterwards (of these services)' },
  { name: 'no-attach', kind: 'texts', value: 'SERVICE', help: 'Leave these services out of the logs' },
  { name: 'attach-dependencies', kind: 'switch', help: 'Follow also the logs of what the services depend on' },
  { name: 'no-color', kind: 'switch', help: 'Logs without colours' },
  { name: 'no-log-prefix', kind: 'switch', help: 'Logs without the name of the container' },
  { name: 'timestamps', kind: 'switch', help: 'Logs with the time of each line' },
  { name: 'detach', short: 'd', kind: 'switch', help: 'Accepted; up always returns after the gate' },
  { name: 'wait', kind: 'switch', help: 'Accepted; up always waits for the gate' },
  { name: 'quiet-pull', kind: 'switch', help: 'No progress of pulls' },
  { name: 'quiet-build', kind: 'switch', help: 'No output of builds' },
  { name: 'message', short: 'm', kind: 'text', value: 'TEXT', help: 'Reason kept with the release' },
  {
    name: 'no-build',
    takesValue: false,
    refused: 'an image that exists is not built again, so pull or build it before and give --pull never',
  },
  {
    name: 'no-start',
    takesValue: false,
    refused: 'a release is only put in place when it runs; use `plan` to see what would be made',
  },
  {
    name: 'always-recreate-deps',
    takesValue: false,
    refused: 'name the services to replace and give --force-recreate',
  },
  { name: 'abort-on-container-exit', takesValue: false, refused: FOREGROUND },
  { name: 'abort-on-container-failure', takesValue: false, refused: FOREGROUND },
  { name: 'exit-code-from', takesValue: true, refused: FOREGROUND },
  { name: 'menu', takesValue: false, refused: FOREGROUND },
  { name: 'watch', short: 'w', takesValue: false, refused: FOREGROUND },
] as const satisfies readonly Flag[]

export const DOWN_FLAGS = [
  { name: 'volumes', short: 'v', kind: 'switch', help: 'Remove the volumes of the project too: their data is lost' },
  { name: 'remove-orphans', kind: 'switch', help: 'Remove containers of services the files no longer have' },
  { name: 'timeout', short: 't', kind: 'whole', value: 'SECONDS', help: 'Grace period of containers that are stopped' },
  { name: 'yes', short: 'y', kind: 'switch', help: 'Go on without asking' },
  FORMAT,
  {
    name: 'rmi',
    takesValue: true,
    refused: 'images are what a rollback starts from; remove them with `docker image rm`',
  },
] as const satisfies readonly Flag[]

export const ROLLBACK_FLAGS = [
  { name: 'wait-timeout', kind: 'whole', value: 'SECONDS', help: 'Longest time a service may take to become healthy' },
  { name: 'timeout', short: 't', kind: 'whole', value: 'SECONDS', help: 'Grace period of containers that are stopped' },
  { name: 'yes', short: 'y', kind: 'switch', help: 'Go on without asking, also when data is lost' },
  { name: 'no-gate', kind: 'switch', help: 'Started is good enough, do not wait for health' },
  FORMAT,
] as const satisfies readonly Flag[]

export const RELEASES_FLAGS = [
  { name: 'quiet', short: 'q', kind: 'switch', help: 'Only the numbers' },
  FORMAT,
] as const satisfies readonly Flag[]

export const IMAGE_PULL_FLAGS = [
  { name: 'ignore-buildable', kind: 'switch', help: 'Leave out images that can be built' },
  { name: 'ignore-pull-failures', kind: 'switch', help: 'Go on when an image cannot be pulled' },
  { name: 'include-deps', kind: 'switch', help: 'Pull also what the services depend on' },
  {
    name: 'policy',
    kind: 'text',
    value: 'POLICY',
    choices: ['missing', 'always'],
    help: 'Pull only what is missing, or always (default)',
  },
  { name: 'quiet', short: 'q', kind: 'switch', help: 'No progress' },
  FORMAT,
  { name: 'parallel', kind: 'switch', help: 'Accepted; pulls are always parallel', hidden: true },
  { name: 'no-parallel', takesValue: false, refused: 'WindFlow bounds its own parallelism' },
] as const satisfies readonly Flag[]

export const BUILD_FLAGS = [
  { name: 'build-arg', kind: 'texts', value: 'NAME=VALUE', help: 'Set a build argument' },
  { name: 'no-cache', kind: 'switch', help: 'Build each layer again' },
  { name: 'pull', kind: 'switch', help: 'Look for newer base images' },
  { name: 'quiet', short: 'q', kind: 'switch', help: 'No build output' },
  { name: 'with-dependencies', kind: 'switch', help: 'Build also what the services depend on' },
  {
    name: 'memory',
    short: 'm',
    takesValue: true,
    refused: 'BuildKit knows no such limit; limit the builder itself',
  },
  { name: 'ssh', kind: 'text', value: 'ID', help: 'SSH agent or keys the build may use' },
  FORMAT,
  { name: 'force-rm', kind: 'switch', help: 'Accepted; intermediate containers are always removed', hidden: true },
  { name: 'no-rm', takesValue: false, refused: 'intermediate containers are always removed' },
  { name: 'parallel', kind: 'switch', help: 'Accepted; builds are parallel where they can be', hidden: true },
  { name: 'compress', kind: 'switch', help: 'Accepted; contexts are sent as they are', hidden: true },
  { name: 'progress', kind: 'text', value: 'TYPE', help: 'Old place of the global --progress', hidden: true },
  { name: 'builder', takesValue: true, refused: "the engine's own builder is used" },
  { name: 'check', takesValue: false, refused: "lint rules are the builder's; use `docker build --check`" },
  { name: 'print', takesValue: false, refused: 'WindFlow does not build through bake' },
  { name: 'provenance', takesValue: true, refused: "attestations need buildx, and the engine's own builder is used" },
  { name: 'sbom', takesValue: true, refused: "attestations need buildx, and the engine's own builder is used" },
  { name: 'push', takesValue: false, refused: 'use `docker push` after the build' },
] as const satisfies readonly Flag[]
