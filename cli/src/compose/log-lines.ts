import type { LogLine } from '@windflow/engine'
import type { Style } from '../show/style.ts'
import type { Streams } from '../streams.ts'

export interface LogLineOptions {
  readonly project: string
  readonly streams: Streams
  readonly style: Style
  readonly prefix: boolean
  readonly timestamps: boolean
  readonly json: boolean
}

/** Prints log lines as docker compose does: what a container wrote to standard error goes there too. */
export function logPrinter(options: LogLineOptions): (line: LogLine) => void {
  const { project, streams, style, prefix, timestamps, json } = options
  if (json) return (line) => streams.out(`${JSON.stringify(line)}\n`)
  const colours = new Map<string, number>()
  let width = 0
  return (line) => {
    const time = timestamps && line.time !== undefined ? `${line.time} ` : ''
    let head = ''
    if (prefix) {
      const name = shortName(line.container, project)
      width = Math.max(width, name.length)
      const index = colours.get(line.container) ?? colours.size
      colours.set(line.container, index)
      head = style.nth(index, `${name.padEnd(width)}  | `)
    }
    const text = `${head}${time}${line.text}\n`
    if (line.stream === 'stderr') streams.err(text)
    else streams.out(text)
  }
}

/** `web-1` for `shop-web-1`; a name of its own as it is. */
export function shortName(container: string, project: string): string {
  return container.startsWith(`${project}-`) ? container.slice(project.length + 1) : container
}
