/** The provider that keeps secrets in WindFlow's own database. */
export const LOCAL_PROVIDER = 'local'

const REFERENCE = /^secret:\/\/(?:([a-z][a-z0-9-]*)\/)?([A-Za-z0-9][A-Za-z0-9._-]{0,99})(?:@([1-9]\d{0,8}))?$/

export interface ParsedReference {
  readonly provider: string
  readonly name: string
  readonly version?: number
}

/** `secret://[PROVIDER/]NAME[@VERSION]`; `undefined` for a plain value. */
export function parseReference(value: string): ParsedReference | undefined {
  const [, provider, name, version] = REFERENCE.exec(value) ?? []
  if (name === undefined) return undefined
  return { provider: provider ?? LOCAL_PROVIDER, name, ...(version === undefined ? {} : { version: Number(version) }) }
}

/** Whether a value was meant to be a reference: one that is written wrongly must not be taken for a plain value. */
export function looksLikeReference(value: string): boolean {
  return value.startsWith('secret://')
}

/** What stands for a secret in stored models, wherever its value would be: `⟦secret:local/name@3⟧`. */
export function placeholder(reference: Required<ParsedReference>): string {
  return `\u27e6secret:${reference.provider}/${reference.name}@${reference.version}\u27e7`
}

const PLACEHOLDER = /\u27e6secret:([a-z][a-z0-9-]*)\/([A-Za-z0-9._-]+)@(\d+)\u27e7/g

/** Every secret a stored model refers to, once each. */
export function placeholdersIn(value: unknown): readonly Required<ParsedReference>[] {
  const found = new Map<string, Required<ParsedReference>>()
  for (const [text, provider = '', name = '', version = ''] of JSON.stringify(value ?? null).matchAll(PLACEHOLDER)) {
    found.set(text, { provider, name, version: Number(version) })
  }
  return [...found.values()]
}

/** A copy with `replace` applied to every string, keys included. */
export function mapStrings<T>(value: T, replace: (text: string) => string): T {
  if (typeof value === 'string') return replace(value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, replace)) as T
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [replace(key), mapStrings(member, replace)]),
    ) as T
  }
  return value
}

/** The model with each placeholder replaced by its secret. @throws when one has no value. */
export function fillPlaceholders<T>(model: T, values: ReadonlyMap<string, string>): T {
  return mapStrings(model, (text) =>
    text.replace(PLACEHOLDER, (found) => {
      const value = values.get(found)
      if (value === undefined) throw new Error(`no value for ${found}`)
      return value
    }),
  )
}
