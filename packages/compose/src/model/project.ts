import Type, { type Static } from 'typebox'
import { AiModel } from './ai-model.ts'
import { FileObject } from './file-object.ts'
import { Job } from './job.ts'
import { Network } from './network.ts'
import { part } from './part.ts'
import { Service } from './service.ts'
import { Volume } from './volume.ts'

/**
 * The canonical model: what `docker compose config --format json` prints, with `$` unescaped. Two things it holds that
 * JSON output leaves out: top-level `models`, and the `x-` extensions of nested elements.
 */
export const Project = part({
  name: Type.String(),
  services: Type.Record(Type.String(), Service),
  networks: Type.Optional(Type.Record(Type.String(), Network)),
  volumes: Type.Optional(Type.Record(Type.String(), Volume)),
  configs: Type.Optional(Type.Record(Type.String(), FileObject)),
  secrets: Type.Optional(Type.Record(Type.String(), FileObject)),
  models: Type.Optional(Type.Record(Type.String(), AiModel)),
  jobs: Type.Optional(Type.Record(Type.String(), Job)),
})
export type Project = Static<typeof Project>
