import type { Report } from '../diagnostics/report.ts'
import { isAddress } from '../normalise/address.ts'
import { goText } from '../tree/go-text.ts'
import { isTree, type Tree, type Value } from '../tree/value.ts'

/** Rules about single elements that the schema cannot say. Adds all problems to the report and leaves when there are. */
export function checkStructure(tree: Tree, report: Report): void {
  const check = new StructureCheck(report)
  eachEntry(tree.volumes, (volume, name) => check.external(volume, ['volumes', name]))
  eachEntry(tree.configs, (config, name) => check.source(config, ['configs', name], ['file', 'environment', 'content']))
  eachEntry(tree.secrets, (secret, name) => check.source(secret, ['secrets', name], ['file', 'environment']))
  eachEntry(tree.services, (service, name) => check.service(service, ['services', name]))
  report.stop()
}

function eachEntry(value: Value | undefined, visit: (entry: Tree, name: string) => void): void {
  if (!isTree(value)) return
  for (const name in value) {
    const entry = value[name] as Value
    if (isTree(entry)) visit(entry, name)
  }
}

function eachItem(value: Value | undefined, visit: (item: Tree, index: number) => void): void {
  if (!Array.isArray(value)) return
  value.forEach((item, index) => {
    if (isTree(item)) visit(item, index)
  })
}

type Path = readonly (string | number)[]

class StructureCheck {
  readonly #report: Report

  constructor(report: Report) {
    this.#report = report
  }

  external(resource: Tree, path: Path): void {
    if (resource.external !== true) return
    for (const key in resource) {
      if (key === 'name' || key === 'external' || key.startsWith('x-')) continue
      const message = `${path.join('.')} is external and so cannot say ${key}`
      this.#report.error('structure/external', [...path, key], message, `Remove ${key}, or external`)
    }
  }

  source(object: Tree, path: Path, keys: readonly string[]): void {
    const given = keys.filter((key) => key in object)
    if (given.length > 1) {
      const message = `${path.join('.')} has ${given.join(' and ')}, of which one excludes the other`
      this.#report.error('structure/source', path, message, 'Keep one')
    }
    if (given.length === 0 && !('driver' in object) && !('external' in object)) {
      const message = `${path.join('.')} says nowhere where its content comes from`
      this.#report.error('structure/source', path, message, `Add one of ${keys.join(', ')}`)
    }
  }

  service(service: Tree, path: Path): void {
    eachItem(service.ports, (port, index) => this.#address(port, [...path, 'ports', index]))
    eachItem(service.gpus, (device, index) => this.#device(device, [...path, 'gpus', index]))
    if (isTree(service.develop)) {
      eachItem(service.develop.watch, (rule, index) => {
        if (rule.path !== '') return
        const where = [...path, 'develop', 'watch', index, 'path']
        this.#report.error('structure/watch-path', where, `${where.join('.')} is empty`, 'Give the path to watch')
      })
    }
    const resources = isTree(service.deploy) ? service.deploy.resources : undefined
    const reservations = isTree(resources) ? resources.reservations : undefined
    if (!isTree(reservations)) return
    eachItem(reservations.devices, (device, index) => {
      this.#device(device, [...path, 'deploy', 'resources', 'reservations', 'devices', index])
    })
  }

  #address(port: Tree, path: Path): void {
    const address = port.host_ip
    if (address === undefined || (typeof address === 'string' && isAddress(address))) return
    const message = `${path.join('.')} has the malformed address '${goText(address)}'`
    this.#report.error('structure/address', [...path, 'host_ip'], message, 'Write an IPv4 or IPv6 address')
  }

  #device(device: Tree, path: Path): void {
    if (!('count' in device) || !('device_ids' in device)) return
    const message = `${path.join('.')} has count and device_ids, of which one excludes the other`
    this.#report.error('structure/device', path, message, 'Keep one')
  }
}
