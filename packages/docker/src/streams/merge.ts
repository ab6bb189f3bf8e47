/** Items waiting for the reader before the writers have to wait, too. */
const CAPACITY = 64

/**
 * Many writers, one reader, back-pressure between them. A writer that `put`s into a full queue waits until the reader
 * took something.
 */
export class BoundedQueue<T> implements AsyncIterableIterator<T, void, undefined> {
  readonly #capacity: number
  readonly #items: T[] = []
  #waiting: ((result: IteratorResult<T, void>) => void) | undefined
  #failWaiting: ((reason: unknown) => void) | undefined
  #blocked: (() => void)[] = []
  #closed = false
  #failure: { readonly reason: unknown } | undefined

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
  }

  /** @returns false when the reader has gone or the queue was closed: stop writing */
  async put(item: T): Promise<boolean> {
    while (this.#items.length >= this.#capacity && !this.#closed)
      await new Promise<void>((resolve) => this.#blocked.push(resolve))
    if (this.#closed) return false
    if (this.#waiting !== undefined) this.#settle()?.({ done: false, value: item })
    else this.#items.push(item)
    return true
  }

  /** No more items; what is queued is still read. With a reason, the reader gets it as an error after that. */
  close(failure?: { readonly reason: unknown }): void {
    if (this.#closed) return
    this.#closed = true
    this.#failure = failure
    this.#release()
    if (this.#waiting === undefined) return
    if (failure === undefined) this.#settle()?.({ done: true, value: undefined })
    else {
      const fail = this.#failWaiting
      this.#failure = undefined
      this.#settle()
      fail?.(failure.reason)
    }
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#items.length > 0) {
      const value = this.#items.shift() as T
      this.#release()
      return Promise.resolve({ done: false, value })
    }
    if (this.#closed) {
      const failure = this.#failure
      this.#failure = undefined
      return failure === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(failure.reason)
    }
    return new Promise((resolve, reject) => {
      this.#waiting = resolve
      this.#failWaiting = reject
    })
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#items.length = 0
    this.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #settle(): ((result: IteratorResult<T, void>) => void) | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#failWaiting = undefined
    return waiting
  }

  #release(): void {
    const blocked = this.#blocked
    this.#blocked = []
    for (const resume of blocked) resume()
  }
}
