import Type, { type Static, type TObject, type TProperties, type TSchema, type TUnsafe } from 'typebox'

/** Names of services, networks, volumes and the like. */
export const NAME = '^[a-zA-Z0-9._-]+$'

const extensions = { '^x-': {} }

/** The kinds of scalar an author may write; text is always allowed where a variable may stand. */
type Scalar = { string: string; number: number; integer: number; boolean: boolean; null: null; object: object }

/** A value of one of several types: `scalar('Seconds to wait', 'integer', 'string')`. */
export function scalar<K extends keyof Scalar>(description: string, ...types: K[]): TUnsafe<Scalar[K]> {
  return Type.Unsafe<Scalar[K]>({ type: types.length === 1 ? types[0] : types, description })
}

export const text = (description: string) => Type.String({ description })
export const flag = (description: string) => scalar(description, 'boolean', 'string')
export const integer = (description: string) => scalar(description, 'integer', 'string')
export const number = (description: string) => scalar(description, 'number', 'string')

/** One of a few words. */
export function word<const W extends string>(description: string, ...words: W[]): TUnsafe<W> {
  return Type.Unsafe<W>({ type: 'string', enum: words, description })
}

/** A whole number within bounds, or text (a variable, or digits). */
export function bounded(description: string, minimum: number, maximum?: number): TUnsafe<number | string> {
  const bounds = maximum === undefined ? { minimum } : { minimum, maximum }
  return either(description, Type.String(), Type.Integer(bounds))
}

type ElementOptions<R extends TProperties> = {
  description?: string
  required?: R
  /** Whether `x-` keys are allowed; they are nearly everywhere. */
  extensible?: boolean
  /** Whether the key may stand without a value. */
  nullable?: boolean
}

/** A mapping with known keys, all of them optional but those in `required`. */
export function element<P extends TProperties, R extends TProperties = Record<never, never>>(
  properties: P,
  options: ElementOptions<R> = {},
): TUnsafe<Partial<Static<TObject<P>>> & Static<TObject<R>>> {
  const { description, required, extensible = true, nullable = false } = options
  return Type.Unsafe({
    type: nullable ? ['object', 'null'] : 'object',
    ...(description === undefined ? {} : { description }),
    properties: { ...required, ...properties },
    ...(required === undefined ? {} : { required: Object.keys(required) }),
    additionalProperties: false,
    ...(extensible ? { patternProperties: extensions } : {}),
  })
}

/** A mapping whose keys are names; other keys are refused unless `open`. */
export function named<T extends TSchema>(
  description: string,
  value: T,
  options: { pattern?: string; open?: boolean } = {},
): TUnsafe<Record<string, Static<T>>> {
  return Type.Unsafe({
    type: 'object',
    description,
    patternProperties: { [options.pattern ?? NAME]: value },
    ...(options.open ? {} : { additionalProperties: false }),
  })
}

/** One of several forms; they differ in the type of the value, so that at most one fits. */
export function either<T extends TSchema[]>(description: string, ...forms: T): TUnsafe<Static<T[number]>> {
  return Type.Unsafe({ anyOf: forms, description })
}

export const list = <T extends TSchema>(description: string, items: T, options: { unique?: boolean } = {}) =>
  Type.Array(items, { description, ...(options.unique ? { uniqueItems: true } : {}) })

export const words = (description: string) => list(description, Type.String())
export const uniqueWords = (description: string) => list(description, Type.String(), { unique: true })

/** A form used in many places: printed once under `$defs`, and referred to by name. */
export function shared<T extends TSchema>(name: string, schema: T): T {
  return { ...schema, $id: name }
}

/** The same form with a description of its own at this place. */
export function as<T extends TSchema>(schema: T, description: string): T {
  return { ...schema, description }
}

export const ListOfStrings = shared('list_of_strings', uniqueWords('A list of texts, each only once.'))

export const StringOrList = shared(
  'string_or_list',
  either('One text, or a list of texts.', Type.String(), ListOfStrings),
)

export const ListOrMapping = shared(
  'list_or_dict',
  either(
    'A mapping `KEY: value`, or a list of `KEY=value`.',
    named('Keys and their values.', scalar('The value.', 'string', 'number', 'boolean', 'null'), { pattern: '.+' }),
    uniqueWords('Texts of the form `KEY=value`, or `KEY` alone.'),
  ),
)

export const Command = shared(
  'command',
  either(
    'A command line, or a list of its words.',
    Type.Null({ description: 'What the image says.' }),
    Type.String({ description: 'A command line, split into words as a shell would. No shell runs it.' }),
    words('The program and its arguments, one word each.'),
  ),
)

export const ExtraHosts = shared(
  'extra_hosts',
  either(
    'Names to add to `/etc/hosts`.',
    named(
      'Host names and their addresses.',
      either('Address or addresses of the host.', Type.String(), words('Several addresses of one host.')),
      { pattern: '.+' },
    ),
    uniqueWords('Texts of the form `host=address`.'),
  ),
)

export const Ulimits = shared(
  'ulimits',
  named(
    'Limits on what a process may use, such as `nofile` or `nproc`.',
    either(
      'One number for both limits, or `soft` and `hard`.',
      integer('Soft and hard limit.'),
      element(
        {},
        {
          required: {
            soft: integer('The limit in force, which a process may raise up to the hard one.'),
            hard: integer('The highest value a process may set.'),
          },
        },
      ),
    ),
    { pattern: '^[a-z]+$', open: true },
  ),
)

export const FileUses = shared(
  'service_config_or_secret',
  list(
    'Configs or secrets that are put into the container as files.',
    either(
      'A name, or where and how the file appears.',
      text('Name of a top-level config or secret.'),
      element({
        source: text('Name of the top-level config or secret.'),
        target: text('Path in the container. A config defaults to `/NAME`, a secret to `/run/secrets/NAME`.'),
        uid: text('Number of the user who owns the file.'),
        gid: text('Number of the group that owns the file.'),
        mode: number('Permissions in octal, such as `0440`.'),
      }),
    ),
  ),
)

/** Options handed to a driver unread. */
export const driverOptions = (description: string) =>
  named(description, scalar('Value handed to the driver.', 'string', 'number'), { pattern: '^.+$', open: true })
