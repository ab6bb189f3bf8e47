import type { Path, Violation } from './validate.ts'

const sections: Readonly<Record<string, string>> = {
  services: 'service',
  networks: 'network',
  volumes: 'volume',
  configs: 'config',
  secrets: 'secret',
  models: 'model',
  jobs: 'job',
}

/**
 * A path in words, such as "service `web`: `ports[0].target`". Empty at the root of the document.
 */
export function describePlace(path: Path): string {
  const [section, name, ...rest] = path
  if (section === undefined) return ''
  const kind = typeof section === 'string' && Object.hasOwn(sections, section) ? sections[section] : undefined
  if (kind === undefined || name === undefined) return `\`${dotted(path)}\``
  const element = `${kind} \`${name}\``
  return rest.length === 0 ? element : `${element}: \`${dotted(rest)}\``
}

function dotted(path: Path): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[\w-]+$/.test(key)) text += text === '' ? key : `.${key}`
    else text += `[${JSON.stringify(key)}]`
  }
  return text
}

/** The whole sentence: place and message. */
export function describeViolation(violation: Violation): string {
  const { code, path, message } = violation
  const place = describePlace(code === 'schema.unknown-key' ? path.slice(0, -1) : path)
  if (place === '') return message
  const separator = code === 'schema.unknown-key' || !place.includes(':') ? ': ' : ' '
  return `${place}${separator}${message}`
}
