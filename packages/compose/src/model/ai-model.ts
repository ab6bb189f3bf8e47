import Type, { type Static } from 'typebox'
import { part, Strings } from './part.ts'

/** A top-level language model that services are given an address of. */
export const AiModel = part({
  name: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  context_size: Type.Optional(Type.Integer()),
  runtime_flags: Type.Optional(Strings),
})
export type AiModel = Static<typeof AiModel>

/** The variables in which a service gets address and name of a language model. */
export const ServiceAiModel = part({
  endpoint_var: Type.Optional(Type.String()),
  model_var: Type.Optional(Type.String()),
})
export type ServiceAiModel = Static<typeof ServiceAiModel>
