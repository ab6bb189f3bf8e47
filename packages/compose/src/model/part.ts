import Type, { type Static, type TObject, type TProperties, type TUnsafe } from 'typebox'

/**
 * Keys beginning with `x-` that an author may put on any element. Docker Compose keeps them in the YAML it prints and
 * leaves the nested ones out of its JSON; the model keeps all of them, because `x-windflow` is read from there.
 */
export type Extensions = { [key: `x-${string}`]: unknown }

/** An element of the model: exactly the given properties, and `x-` extensions. */
export function part<P extends TProperties>(
  properties: P,
  options: { description?: string } = {},
): TUnsafe<Static<TObject<P>> & Extensions> {
  return Type.Unsafe<Static<TObject<P>> & Extensions>(
    Type.Object(properties, { ...options, additionalProperties: false, patternProperties: { '^x-': {} } }),
  )
}

export const Strings = Type.Array(Type.String())

/** Labels, options, annotations: every value has become a string. */
export const StringMap = Type.Record(Type.String(), Type.String())

/** Variables; `null` is a variable named without a value and found nowhere. */
export const Variables = Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))
export type Variables = Static<typeof Variables>

/** Words of a command; `null` means that the image decides, `[]` clears what the image says. */
export const Command = Type.Union([Strings, Type.Null()])
export type Command = Static<typeof Command>

/** A number of bytes, in decimal digits ("1073741824"; "-1" where unlimited has a meaning). */
export const Bytes = Type.String({ pattern: '^-?[0-9]+$' })

/** A duration as Go prints it: "1m30s", "100ms", "0s". */
export const Duration = Type.String()
