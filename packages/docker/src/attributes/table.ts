import type { Attribute, Field } from './field.ts'
import { isolationFields } from './isolation.ts'
import { networkingFields } from './networking.ts'
import { processFields } from './process.ts'
import { resourceFields } from './resources.ts'
import { storageFields } from './storage.ts'
import { unmappedAttributes } from './unmapped.ts'

/** Every service attribute that ends in the creation body, in the order in which it is put there. */
export const serviceFields: readonly Field[] = [
  ...processFields,
  ...resourceFields,
  ...isolationFields,
  ...networkingFields,
  ...storageFields,
]

/** Every attribute of the Compose specification, each once, sorted by its path. */
export function attributeTable(): readonly Attribute[] {
  const applied = serviceFields.flatMap((field) => [
    { path: `services.*.${field.attribute}`, status: 'applied' as const, where: field.inspect },
    ...Object.entries(field.nested ?? {}).map(([name, where]) => ({
      path: `services.*.${name}`,
      status: 'applied' as const,
      where,
    })),
  ])
  return [...applied, ...unmappedAttributes].sort((a, b) => (a.path < b.path ? -1 : 1))
}
