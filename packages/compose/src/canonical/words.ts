/**
 * A command line as words, by the rules of the shell-like splitter in Docker Compose: quotes and backslashes group,
 * `;` `&` `|` `<` `>` end the command, and nothing is expanded. `undefined` when quotes or parentheses do not match.
 */
export function splitCommand(line: string): string[] | undefined {
  const words: string[] = []
  let word = ''
  // Whether the word so far exists: an empty word does when it was written as quotes.
  let state: 'none' | 'bare' | 'quoted' = 'none'
  let escaped = false
  let quote: '' | "'" | '"' | '`' | '$(' = ''
  const flush = () => {
    if (state === 'quoted' || (state === 'bare' && word !== '')) words.push(word)
    word = ''
    state = 'none'
  }
  for (const c of line) {
    if (escaped) {
      escaped = false
      if (quote === '`' || quote === '$(') word += `\\${c}`
      else word += c === 't' ? '\t' : c === 'n' ? '\n' : c
      state = 'bare'
      continue
    }
    if (c === '\\') {
      if (quote === "'") word += c
      else escaped = true
      continue
    }
    if (c === ' ' || c === '\t' || c === '\r' || c === '\n') {
      if (quote === '') flush()
      else word += c
      continue
    }
    if ((c === "'" && (quote === '' || quote === "'")) || (c === '"' && (quote === '' || quote === '"'))) {
      if (quote === c) state = 'quoted'
      quote = quote === c ? '' : c
      continue
    }
    if (c === '`' && (quote === '' || quote === '`')) quote = quote === '`' ? '' : '`'
    else if (c === ')' && (quote === '' || quote === '$(')) {
      if (quote === '') return undefined
      quote = ''
    } else if (c === '(' && (quote === '' || quote === '$(')) {
      if (quote === '$(' || !word.endsWith('$') || word.endsWith('\\$')) return undefined
      quote = '$('
      word += c
      continue
    } else if (quote === '' && ';&|<>'.includes(c)) {
      if (c === '>' && /^[0-9]+$/.test(word)) state = 'none'
      break
    }
    word += c
    state = 'bare'
  }
  flush()
  return escaped || quote !== '' ? undefined : words
}
