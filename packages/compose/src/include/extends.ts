import { mergeValues } from '../merge/merge.ts'
import { applyResets } from '../merge/reset.ts'
import { resolvePaths } from '../normalise/paths.ts'
import { isAbsolute, join } from '../source/path.ts'
import { cloneValue, describeKind, isTree, newTree, type Tree, type Value } from '../tree/value.ts'
import { folderOf } from './include.ts'
import { refuseRemote } from './remote.ts'
import type { Base, Resets, Scope } from './scope.ts'

/** A service on the way from one that extends to the last that is extended. */
interface Step {
  readonly file: string
  readonly service: string
}

/** Completes services and jobs by those that they extend. Changes the tree. */
export function applyExtends(tree: Tree, file: string, resets: Resets, scope: Scope): void {
  for (const section of ['services', 'jobs']) {
    const entries = tree[section]
    if (entries === undefined) continue
    if (!isTree(entries)) {
      const message = `${section} should be a mapping, not ${describeKind(entries)}`
      scope.loading.report.refuse('extends/kind', [section], message, 'Write a name and a colon for each')
    }
    for (const name of Object.keys(entries)) {
      entries[name] = new Extension(scope, file, [section, name]).complete(name, entries, [], resets)
    }
  }
}

class Extension {
  readonly #scope: Scope
  readonly #file: string
  readonly #where: readonly string[]

  constructor(scope: Scope, file: string, where: readonly string[]) {
    this.#scope = scope
    this.#file = file
    this.#where = where
  }

  #refuse(code: string, message: string, hint: string): never {
    return this.#scope.loading.report.refuse(`extends/${code}`, [...this.#where, 'extends'], message, hint)
  }

  /** The service `name` of `services` with what it extends; `services` keeps the result. */
  complete(name: string, services: Tree, steps: readonly Step[], resets: Resets): Value {
    const service = services[name] as Value
    if (service === null) return null
    if (!isTree(service)) {
      const message = `the service ${name} should be a mapping, not ${describeKind(service)}`
      return this.#scope.loading.report.refuse(
        'extends/kind',
        this.#where,
        message,
        'Write its attributes below its name',
      )
    }
    const extended = service.extends
    if (extended === undefined || extended === null) return service
    const { reference, path } = this.#readExtends(name, extended)
    let base: Base = { services, resets }
    // Without a file Docker Compose means the main one here, also for a service of another; only cycles depend on it.
    let baseFile = this.#file
    if (path !== undefined) {
      base = this.#open(path)
      baseFile = path
    }
    if (!(reference in base.services)) {
      this.#refuse(
        'not-found',
        `${name} extends the service ${reference}, which ${baseFile} does not have`,
        'Correct the name',
      )
    }
    const next = this.#follow(steps, { file: baseFile, service: name })
    this.#register(path, reference)
    const source = this.complete(reference, base.services, next, base.resets)
    if (!isTree(source)) return service
    const copy = cloneValue(source) as Tree
    applyResets(Object.assign(newTree(), { services: Object.assign(newTree(), { [name]: copy }) }), resets)
    const merged = mergeValues(copy, service, ['services', name], this.#scope.loading.report) as Tree
    delete merged.extends
    services[name] = merged
    return merged
  }

  #readExtends(name: string, extended: Value): { reference: string; path: string | undefined } {
    if (typeof extended === 'string') return { reference: extended, path: undefined }
    if (!isTree(extended) || typeof extended.service !== 'string') {
      this.#refuse('service', `extends of ${name} names no service`, 'Add service: and the name of the service')
    }
    const { file } = extended
    if (file === undefined || file === null) return { reference: extended.service, path: undefined }
    if (typeof file !== 'string')
      this.#refuse('file', `file should be a text, not ${describeKind(file)}`, 'Write a path')
    return { reference: extended.service, path: file }
  }

  #follow(steps: readonly Step[], step: Step): Step[] {
    if (steps.some(({ file, service }) => file === step.file && service === step.service)) {
      const names = [...steps, step].map(({ service }) => service).join(' -> ')
      this.#refuse('cycle', `the services extend each other: ${names}`, 'Remove one of these extends')
    }
    return [...steps, step]
  }

  #absolute(path: string): string {
    return isAbsolute(path) ? path : join(this.#scope.root, path)
  }

  /** The services of another file. The result is a copy, because completing a service changes it. */
  #open(path: string): Base {
    const { loading, bases } = this.#scope
    const where = [...this.#where, 'extends']
    refuseRemote(path, where, loading.report)
    const absolute = this.#absolute(path)
    let base = bases.get(absolute)
    if (base === undefined) {
      base = this.#load(absolute, where)
      bases.set(absolute, base)
    }
    return { services: cloneValue(base.services) as Tree, resets: base.resets }
  }

  #load(absolute: string, where: readonly string[]): Base {
    const scope = this.#scope
    const { loading } = scope
    const folder = folderOf(absolute, scope)
    const { tree, resets } = loading.openBase(absolute, { ...scope, folder }, where)
    if (!isTree(tree.services)) this.#refuse('no-services', `${absolute} has no services to extend`, 'Correct the path')
    resolvePaths(tree, { folder, home: loading.home, source: loading.files.source }, loading.report)
    return { services: isTree(tree.services) ? tree.services : newTree(), resets }
  }

  /** What the service does not have itself is to be found where it was inherited from. */
  #register(path: string | undefined, reference: string): void {
    const { registry } = this.#scope.loading
    const absolute = path === undefined ? this.#file : this.#absolute(path)
    for (const file of registry.files) {
      if (file.path !== absolute) continue
      for (const document of file.documents)
        registry.addInherited(absolute, document, this.#where, ['services', reference])
    }
  }
}
