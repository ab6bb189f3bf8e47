import Type from 'typebox'
import { as, driverOptions, element, ListOrMapping, shared, text } from './forms.ts'

const external = (name: object) =>
  Type.Unsafe<boolean | string | { name?: string }>({
    type: ['boolean', 'string', 'object'],
    description: 'It exists already on the platform.',
    properties: { name: Type.String({ description: 'Name of the existing one.', ...name }) },
  })

export const Secret = shared(
  'secret',
  element(
    {
      name: text('Name on the platform.'),
      environment: text('Variable that holds the value.'),
      file: text('File that holds the value.'),
      external: external({}),
      labels: as(ListOrMapping, 'Labels of the secret.'),
      driver: text('Driver that keeps the secret.'),
      driver_opts: driverOptions('Options handed to the driver.'),
      template_driver: text('Driver that fills the value in as a template.'),
    },
    { description: 'A confidential value that services may read as a file.' },
  ),
)

export const Config = shared(
  'config',
  element(
    {
      name: text('Name on the platform.'),
      content: text('The content itself. Variables in it are filled in.'),
      environment: text('Variable that holds the content.'),
      file: text('File that holds the content.'),
      external: external({ deprecated: true }),
      labels: as(ListOrMapping, 'Labels of the config.'),
      template_driver: text('Driver that fills the content in as a template.'),
    },
    { description: 'A file that services may read.' },
  ),
)
