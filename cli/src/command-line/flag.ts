/** One flag of a command, as data: the parser, the help, the check against docker compose and the types come from it. */
export type Flag = SupportedFlag | RefusedFlag

export interface SupportedFlag {
  /** Long name without dashes. */
  readonly name: string
  readonly short?: string
  readonly kind: FlagKind
  /** What the help calls the value; absent for switches. */
  readonly value?: string
  readonly choices?: readonly string[]
  readonly help: string
  /** Accepted for scripts written for docker compose, not shown in the help. */
  readonly hidden?: boolean
}

/** A flag that docker compose has and WindFlow has not: refused by its name, with the reason. */
export interface RefusedFlag {
  readonly name: string
  readonly short?: string
  readonly takesValue: boolean
  /** Completes the sentence `--menu is not part of windflow compose: …`. */
  readonly refused: string
}

/**
 * switch: given or not. text: one value, the last wins. texts: may be given several times. whole: a number ≥ -1.
 * maybe: `true` without a value, else the values given.
 */
export type FlagKind = 'switch' | 'text' | 'texts' | 'whole' | 'maybe'

type ValueOf<K extends FlagKind> = {
  switch: true
  text: string
  texts: readonly string[]
  whole: number
  maybe: true | readonly string[]
}[K]

type Choice<F extends SupportedFlag> = F extends {
  readonly choices: readonly (infer C extends string)[]
  readonly kind: 'text'
}
  ? C
  : ValueOf<F['kind']>

/** What was given on the command line, by flag name; a flag that was not given is absent. */
export type Given<T extends readonly Flag[]> = {
  readonly [F in Extract<T[number], SupportedFlag> as F['name']]?: Choice<F>
}

export function isRefused(flag: Flag): flag is RefusedFlag {
  return 'refused' in flag
}
