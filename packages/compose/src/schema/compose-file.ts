import Type, { type Static } from 'typebox'
import { Config, Secret } from './file-object.ts'
import { as, either, element, list, named, StringOrList, shared, text, words } from './forms.ts'
import { Network } from './network.ts'
import { Job, Service } from './service.ts'
import { Volume } from './volume.ts'

const Include = shared(
  'include',
  either(
    'A Compose file to take in: its path, or path and settings.',
    text('Path of a Compose file.'),
    element(
      {
        path: as(StringOrList, 'Compose files, the later ones override the earlier.'),
        env_file: as(StringOrList, 'Files with the values of its variables.'),
        project_directory: text('Folder its relative paths start from.'),
      },
      { extensible: false },
    ),
  ),
)

const AiModel = shared(
  'model',
  element(
    {
      name: text('Name on the platform.'),
      context_size: Type.Integer({ description: 'How many tokens the model looks at.' }),
      runtime_flags: words('Arguments handed to the program that runs the model.'),
    },
    { description: 'A language model.', required: { model: text('Which model to run.') } },
  ),
)

/**
 * What an author may write in a Compose file, once variables are filled in and several files are merged. It accepts what
 * the schema inside Docker Compose 5.6 accepts: the Compose Specification, and beyond it `jobs` and `pre_start`.
 */
export const ComposeFile = element(
  {
    version: Type.String({ description: 'Without effect. Take it out.', deprecated: true }),
    name: text('Name of the project, unless the command line or the environment says another.'),
    include: list('Compose files that become part of this one.', Include),
    services: named('The services of the stack.', Service),
    models: named('Language models the services use.', AiModel),
    networks: named('Networks the services join.', Network),
    volumes: named('Volumes the services use.', Volume),
    secrets: named('Confidential values the services may read.', Secret),
    configs: named('Files the services may read.', Config),
    jobs: named('Containers run to their end, by hand or on a schedule.', Job),
  },
  { description: 'A stack of services that run together.' },
)
export type ComposeFile = Static<typeof ComposeFile>
