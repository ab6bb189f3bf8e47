import type { ResourceRef, Step } from '@windflow/engine'

/** What a service is when its gate was passed. */
export const READY = 'ready'

/** How a step's verb reads while it is done and when it is. Steps without words are too small to be told. */
const WORDS: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  pull: ['pulling', 'pulled'],
  build: ['building', 'built'],
  preflight: ['checking', 'checked'],
  'create-network': ['creating', 'created'],
  'remove-network': ['removing', 'removed'],
  'create-volume': ['creating', 'created'],
  'remove-volume': ['removing', 'removed'],
  create: ['creating', 'created'],
  'pre-start': ['running pre_start', 'pre_start done'],
  start: ['starting', 'started'],
  unpause: ['unpausing', 'unpaused'],
  stop: ['stopping', 'stopped'],
  restart: ['restarting', 'restarted'],
  remove: ['removing', 'removed'],
  gate: ['waiting', READY],
  publish: ['taking over', 'took over'],
  withdraw: ['withdrawing the old one', 'old one withdrawn'],
  drain: ['draining the old one', 'old one drained'],
}

export function doing(step: Step): string {
  return WORDS[step.action]?.[0] ?? step.action
}

export function done(step: Step): string {
  return WORDS[step.action]?.[1] ?? `${step.action} done`
}

/** Steps that are over at once and say little: only their failure is told. */
export function isMinor(step: Step): boolean {
  return ['rename', 'connect', 'disconnect', 'preflight'].includes(step.action)
}

/** Steps that may take long: their beginning is told too. */
export function isLong(step: Step): boolean {
  return ['pull', 'build', 'drain', 'pre-start', 'stop'].includes(step.action)
}

export function resourceTitle({ kind, name, instance }: ResourceRef): string {
  if (kind === 'service') return instance === undefined || instance === 1 ? name : `${name}#${instance}`
  return `${kind} ${name}`
}

/** Why a step failed, in one line: what it says beyond that follows in the report of the whole. */
export function shortReason(reason: string): string {
  return reason.split('\n', 1)[0] ?? ''
}

/** `0.4 s`, `12 s`, `3 m 05 s`. */
export function elapsed(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`
}

/** `12.4 MB of 40.1 MB` for bytes; as it is when small. */
export function amount(current: number, total: number | undefined): string {
  return total === undefined ? bytes(current) : `${bytes(current)} of ${bytes(total)}`
}

function bytes(count: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (count >= size) return `${(count / size).toFixed(1)} ${unit}`
  }
  return `${count} B`
}
