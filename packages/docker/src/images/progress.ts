import type { StepProgress } from '@windflow/engine'

/** One line of the engine's progress stream. */
export interface ProgressLine {
  readonly status?: string
  /** Short id of a layer, or the tag for lines about the whole. */
  readonly id?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

interface Layer {
  current: number
  total: number
  done: boolean
}

/**
 * Progress of a pull as one number. Layers come to light one by one and say their size only when their download starts;
 * unpacking is not counted, as it goes on beside the other downloads. `current` never goes down.
 */
export class LayerProgress {
  readonly #layers = new Map<string, Layer>()
  #current = 0
  #total = 0
  #message = ''

  /** @returns the new state, undefined when the line changed nothing worth telling */
  add(line: ProgressLine): StepProgress | undefined {
    const status = line.status ?? ''
    if (line.id === undefined) return this.#say(status)
    switch (status) {
      case 'Pulling fs layer':
      case 'Waiting':
        this.#layer(line.id)
        return this.#state('downloading')
      case 'Downloading': {
        const layer = this.#layer(line.id)
        layer.current = Math.max(layer.current, line.progressDetail?.current ?? 0)
        layer.total = Math.max(layer.total, line.progressDetail?.total ?? 0)
        return this.#state('downloading')
      }
      case 'Download complete':
      case 'Verifying Checksum': {
        const layer = this.#layer(line.id)
        layer.current = layer.total
        return this.#state('downloading')
      }
      case 'Extracting':
        return this.#state('unpacking')
      case 'Pull complete': {
        const layer = this.#layer(line.id)
        layer.current = layer.total
        layer.done = true
        return this.#state('unpacking')
      }
      case 'Already exists': {
        this.#layer(line.id).done = true
        return this.#state('downloading')
      }
      default:
        return undefined
    }
  }

  #layer(id: string): Layer {
    let layer = this.#layers.get(id)
    if (layer === undefined) {
      layer = { current: 0, total: 0, done: false }
      this.#layers.set(id, layer)
    }
    return layer
  }

  #state(verb: string): StepProgress | undefined {
    let current = 0
    let total = 0
    let done = 0
    for (const layer of this.#layers.values()) {
      current += layer.current
      total += layer.total
      if (layer.done) done++
    }
    const message = `${verb}, ${done} of ${this.#layers.size} layers`
    if (current === this.#current && total === this.#total && message === this.#message) return undefined
    this.#current = Math.max(this.#current, current)
    this.#total = Math.max(this.#total, total)
    this.#message = message
    return { message, current: this.#current, total: this.#total }
  }

  #say(status: string): StepProgress | undefined {
    return /^(Digest|Status): /.test(status) ? { message: status.replace(/^(Digest|Status): /, '') } : undefined
  }
}
