import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '@windflow/engine'
import { writeDurably } from './files.ts'
import { keyPath, readKey, readOrMakeKey } from './key.ts'
import { releaseNumbers, releasesFolder } from './numbers.ts'
import { type Current, type Release, type ReleaseContent, type ReleaseImage, surplus } from './release.ts'
import { seal, unseal } from './seal.ts'

/** How many releases are kept, the current one and the one before it always among them. */
const KEEP = 20

export interface StoreOptions {
  /** The project's folder. */
  readonly folder: string
  readonly project: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Beginning {
  readonly author: string
  readonly reason?: string
  readonly services?: readonly string[]
  readonly images: Readonly<Record<string, ReleaseImage>>
  readonly content: ReleaseContent
}

export interface Ending {
  readonly status: 'succeeded' | 'failed' | 'rolled_back'
  readonly images?: Readonly<Record<string, ReleaseImage>>
  readonly failure?: string
}

/**
 * The releases of one project, in `.windflow/releases/<project>/` of its folder:
 *
 *     current.json       which release runs
 *     <n>/release.json   what may be known of it; written last, so a folder without it was cut off while being made
 *     <n>/content        what it takes to deploy it again, encrypted
 */
export class ReleaseStore {
  readonly #folder: string
  readonly #root: string
  readonly #project: string
  readonly #keyPath: string

  constructor(options: StoreOptions) {
    this.#root = join(options.folder, '.windflow')
    this.#folder = releasesFolder(options.folder, options.project)
    this.#project = options.project
    this.#keyPath = keyPath(options.env)
  }

  /** Oldest first. `damaged` are numbers whose record cannot be read: they stay where they are. */
  list(): { readonly releases: readonly Release[]; readonly damaged: readonly number[] } {
    const releases: Release[] = []
    const damaged: number[] = []
    for (const number of this.#numbers()) {
      const path = this.#path(number, 'release.json')
      if (!existsSync(path)) continue
      const release = parseRelease(readFileSync(path, 'utf8'), number)
      if (release) releases.push(release)
      else damaged.push(number)
    }
    return { releases, damaged }
  }

  current(): Current | undefined {
    let text: string
    try {
      text = readFileSync(join(this.#folder, 'current.json'), 'utf8')
    } catch {
      return undefined
    }
    const value = parseJson(text)
    if (!isRecord(value) || typeof value.release !== 'number') return undefined
    const seen = typeof value.seen === 'number' ? value.seen : value.release
    return { release: value.release, seen }
  }

  /**
   * Writes a release down before anything of it is applied. `number` is the one its containers will carry.
   * @throws EngineError `releases/number-taken` when another process took the number meanwhile
   */
  begin(number: number, beginning: Beginning): Release {
    this.#prepareFolder()
    const key = readOrMakeKey(this.#keyPath)
    try {
      mkdirSync(join(this.#folder, String(number)), { mode: 0o700 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new EngineError('releases/number-taken', `release ${number} was begun by another command meanwhile`, {
        class: 'user',
        hint: 'wait for it to end, and try again',
      })
    }
    const { content, author, reason, services, images } = beginning
    writeDurably(this.#path(number, 'content'), seal(content, key, this.#project, number))
    const release: Release = {
      number,
      project: this.#project,
      status: 'applying',
      author,
      ...(reason !== undefined && { reason }),
      createdAt: new Date().toISOString(),
      ...(services && { services }),
      images,
      files: content.files.map((file) => file.path),
      key: key.id,
    }
    this.#write(release)
    return release
  }

  /** Writes down how it ended; when well, it is the current one, and what is too old is removed. */
  finish(number: number, ending: Ending): void {
    const release = this.#release(number)
    const { status, images, failure } = ending
    this.#write({
      ...release,
      status,
      finishedAt: new Date().toISOString(),
      ...(images && { images }),
      ...(failure !== undefined && { failure }),
    })
    if (status === 'succeeded') this.makeCurrent(number)
  }

  /** Takes back a release that turned out to change nothing. */
  discard(number: number): void {
    rmSync(join(this.#folder, String(number)), { recursive: true, force: true })
  }

  /** Releases still `applying` while nothing is being applied were cut off: says so in their records. */
  settleInterrupted(except?: number): void {
    for (const release of this.list().releases) {
      if (release.status === 'applying' && release.number !== except)
        this.#write({ ...release, status: 'failed', failure: 'it was interrupted' })
    }
  }

  makeCurrent(number: number): void {
    const current: Current = { release: number, seen: this.#numbers().at(-1) ?? number }
    writeDurably(join(this.#folder, 'current.json'), `${JSON.stringify(current)}\n`)
    for (const old of surplus(this.list().releases, current, KEEP)) {
      rmSync(join(this.#folder, String(old)), { recursive: true, force: true })
    }
  }

  /**
   * What it takes to deploy a release again.
   * @throws EngineError when there is none, it is damaged, or it was encrypted with another key
   */
  read(number: number): ReleaseContent {
    const release = this.#release(number)
    const key = readKey(this.#keyPath)
    if (key.id !== release.key) {
      throw new EngineError(
        'releases/other-key',
        `release ${number} was encrypted with another key (${release.key}) than yours (${key.id})`,
        {
          class: 'user',
          hint: `put the key it was made with back at ${this.#keyPath}, or roll back as the user who made it (${release.author})`,
        },
      )
    }
    let sealed: Buffer
    try {
      sealed = readFileSync(this.#path(number, 'content'))
    } catch (error) {
      throw new EngineError('releases/damaged', `the stored content of release ${number} cannot be read`, {
        class: 'user',
        hint: 'choose another release (`windflow compose releases`), or put the folder .windflow back from a backup',
        cause: error,
      })
    }
    return unseal(sealed, key, this.#project, number)
  }

  #release(number: number): Release {
    const { releases, damaged } = this.list()
    const release = releases.find((one) => one.number === number)
    if (release) return release
    if (damaged.includes(number)) {
      throw new EngineError('releases/damaged', `the record of release ${number} is damaged`, {
        class: 'user',
        hint: 'choose another release (`windflow compose releases`), or put the folder .windflow back from a backup',
      })
    }
    const known = releases.map((one) => one.number).join(', ')
    throw new EngineError('releases/unknown', `project "${this.#project}" has no release ${number}`, {
      class: 'user',
      hint: known ? `it has ${known}` : 'it has none in this folder: releases are made by `windflow compose up`',
    })
  }

  #write(release: Release): void {
    writeDurably(this.#path(release.number, 'release.json'), `${JSON.stringify(release, undefined, 2)}\n`)
  }

  #path(number: number, name: string): string {
    return join(this.#folder, String(number), name)
  }

  #numbers(): number[] {
    return releaseNumbers(this.#folder)
  }

  #prepareFolder(): void {
    mkdirSync(this.#root, { recursive: true, mode: 0o700 })
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const ignore = join(this.#root, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { mode: 0o600 })
  }
}

function parseRelease(text: string, number: number): Release | undefined {
  const value = parseJson(text)
  if (!isRecord(value) || value.number !== number) return undefined
  const whole = ['project', 'status', 'author', 'createdAt', 'key'].every((name) => typeof value[name] === 'string')
  if (!whole || !isRecord(value.images) || !Array.isArray(value.files)) return undefined
  // The parsed edge: checked above, written by `#write`.
  return value as unknown as Release
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
