/**
 * Puts generated text between `<!-- NAME: begin -->` and `<!-- NAME: end -->` of a document.
 * @throws Error when the document has no such pair of markers.
 */
export function betweenMarkers(document: string, name: string, generated: string): string {
  const [open, close] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  const begin = document.indexOf(open)
  const end = document.indexOf(close)
  if (begin < 0 || end < begin) throw new Error(`the document has no ${open} followed by ${close}`)
  return `${document.slice(0, begin + open.length)}\n${generated.trim()}\n${document.slice(end)}`
}
