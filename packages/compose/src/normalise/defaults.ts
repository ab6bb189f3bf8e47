import { goText } from '../tree/go-text.ts'
import { childPattern, compilePatterns, type PatternNode } from '../tree/pattern.ts'
import { isTree, type Tree, type Value } from '../tree/value.ts'

type Default = (value: Tree) => void

const buildContext: Default = (build) => {
  if (!('context' in build)) build.context = '.'
}
const secretTarget: Default = (secret) => {
  if (!('target' in secret)) secret.target = `/run/secrets/${goText(secret.source ?? null)}`
}
const portProtocol: Default = (port) => {
  if (!('protocol' in port)) port.protocol = 'tcp'
  if (!('mode' in port)) port.mode = 'ingress'
}
const deviceCount: Default = (device) => {
  if (!('count' in device) && !('device_ids' in device)) device.count = 'all'
}
const hostPath: Default = (bind) => {
  if (!('create_host_path' in bind)) bind.create_host_path = true
}

let places: PatternNode<Default> | undefined

/** Gives attributes that were left out the values that the specification says. Changes the tree, in long form. */
export function setDefaults(tree: Tree): void {
  places ??= compilePatterns<Default>([
    ...['services', 'jobs'].flatMap((section): [string, Default][] => [
      [`${section}.*.build`, buildContext],
      [`${section}.*.secrets.*`, secretTarget],
      [`${section}.*.ports.*`, portProtocol],
      [`${section}.*.gpus.*`, deviceCount],
      [`${section}.*.volumes.*.bind`, hostPath],
    ]),
    ['services.*.deploy.resources.reservations.devices.*', deviceCount],
  ])
  walk(tree, places)
}

function walk(value: Value, place: PatternNode<Default> | undefined): void {
  if (place === undefined) return
  if (isTree(value)) {
    if (place.rule !== undefined) place.rule(value)
    else for (const key in value) walk(value[key] as Value, childPattern(place, key))
  } else if (Array.isArray(value)) {
    for (const item of value) walk(item, childPattern(place, '[]'))
  }
}
