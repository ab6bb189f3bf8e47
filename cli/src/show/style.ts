/** Wraps text in colours, or leaves it as it is where there is no terminal. */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
  /** One of a few colours, the same for the same number. */
  nth(index: number, text: string): string
}

export const PLAIN: Style = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
  nth: (_, text) => text,
}

export const COLOURED: Style = {
  bold: (text) => sgr(1, 22, text),
  dim: (text) => sgr(2, 22, text),
  red: (text) => sgr(31, 39, text),
  green: (text) => sgr(32, 39, text),
  yellow: (text) => sgr(33, 39, text),
  cyan: (text) => sgr(36, 39, text),
  nth: (index, text) => sgr(PALETTE[index % PALETTE.length] ?? 36, 39, text),
}

const PALETTE = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]

export interface ColourChoice {
  readonly ansi: 'never' | 'always' | 'auto' | undefined
  readonly terminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** `--ansi` decides; without it a terminal does, unless `NO_COLOR` (no-color.org) is set or the terminal is dumb. */
export function chooseStyle({ ansi = 'auto', terminal, env }: ColourChoice): Style {
  if (ansi === 'never') return PLAIN
  if (ansi === 'always') return COLOURED
  return terminal && !env.NO_COLOR && env.TERM !== 'dumb' ? COLOURED : PLAIN
}

function same(text: string): string {
  return text
}

function sgr(on: number, off: number, text: string): string {
  return `\u001b[${on}m${text}\u001b[${off}m`
}
