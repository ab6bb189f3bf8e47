import type { Report } from '../diagnostics/report.ts'
import { newTree, type Tree } from '../tree/value.ts'
import { isAddress } from './address.ts'

/** `[host address:][host port:]container port[/protocol]`, each port a number or a range, as ports in long form. */
export function parsePort(spec: string, path: readonly string[], report: Report): Tree[] {
  const fail = (problem: string): never =>
    report.refuse(
      'normalise/port',
      path,
      `the port '${spec}' ${problem}`,
      'Write host:container, such as 8080:80 or 127.0.0.1:8080:80/udp',
    )
  const parts = spec.split(':')
  const last = parts.pop() ?? ''
  const host = parts.pop() ?? ''
  let address = parts.join(':')
  const slash = last.indexOf('/')
  const container = slash < 0 ? last : last.slice(0, slash)
  const protocol = (slash < 0 ? '' : last.slice(slash + 1)).toLowerCase() || 'tcp'
  if (container === '') fail('names no port of the container')
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) fail(`has the unknown protocol '${protocol}'`)
  if (address.startsWith('[')) {
    if (!/^\[[^[\]]*\]$/.test(address)) fail(`has the malformed address '${address}'`)
    address = address.slice(1, -1)
  }
  if (address !== '' && !isAddress(address)) fail(`has the malformed address '${address}'`)
  const target = parseRange(container) ?? fail(`has the malformed container port '${container}'`)
  const published = host === '' ? undefined : (parseRange(host) ?? fail(`has the malformed host port '${host}'`))
  const [start, end] = target
  if (published !== undefined && published[1] - published[0] !== end - start && start !== end) {
    fail('has ranges of different lengths')
  }
  const ports: Tree[] = []
  for (let port = start; port <= end; port++) {
    const tree = newTree()
    tree.mode = 'ingress'
    if (address !== '') tree.host_ip = address
    if (port !== 0) tree.target = port
    if (published !== undefined) {
      const dynamic = start === end && published[0] !== published[1]
      tree.published = `${published[0] + port - start}${dynamic ? `-${published[1]}` : ''}`
    }
    tree.protocol = protocol
    ports.push(tree)
  }
  // Docker Compose orders the ports of a range as texts: 10 comes before 9.
  return ports.sort((a, b) => compareText(String(a.target ?? 0), String(b.target ?? 0)))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function parseRange(text: string): [number, number] | undefined {
  const dash = text.indexOf('-')
  const start = parsePortNumber(dash < 0 ? text : text.slice(0, dash))
  if (start === undefined) return undefined
  if (dash < 0) return [start, start]
  const end = parsePortNumber(text.slice(dash + 1))
  return end === undefined || end < start ? undefined : [start, end]
}

function parsePortNumber(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const port = Number(text)
  return port >= 0 && port <= 65535 ? port + 0 : undefined
}
