import { BootError } from './errors.ts'

/** A typed name for something one part provides and others use. */
export interface ServiceToken<T> {
  readonly id: string
  /** Never set: carries the type. */
  readonly type?: T
}

export function defineService<T>(id: string): ServiceToken<T> {
  return { id }
}

/** What the composition root has built, by token. Filled while the program starts, read afterwards. */
export class Services {
  readonly #values = new Map<string, unknown>()

  provide<T>(token: ServiceToken<T>, value: T): T {
    if (this.#values.has(token.id)) throw new BootError('Boot stopped:', [`service "${token.id}" is provided twice`])
    this.#values.set(token.id, value)
    return value
  }

  /** @throws BootError when nobody provided it: the order of composition is wrong. */
  get<T>(token: ServiceToken<T>): T {
    if (!this.#values.has(token.id)) throw new BootError('Boot stopped:', [`service "${token.id}" is not provided`])
    // The one place where the token's type is trusted: `provide` checked it when the value went in.
    return this.#values.get(token.id) as T
  }
}
