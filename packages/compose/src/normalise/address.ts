/** An IPv4 or IPv6 address as Go's `net.ParseIP` reads it. */
export function isAddress(text: string): boolean {
  return text.includes(':') ? isAddress6(text) : isAddress4(text)
}

function isAddress4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

function isAddress6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  let count = groups.length
  const last = groups.at(-1)
  if (last?.includes('.')) {
    if (!isAddress4(last)) return false
    groups.pop()
    count++
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  return halves.length === 2 ? count <= 7 : count === 8
}
