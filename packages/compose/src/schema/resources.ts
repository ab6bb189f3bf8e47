import Type from 'typebox'
import { as, either, element, integer, ListOfStrings, ListOrMapping, list, number, shared, text } from './forms.ts'

const throttle = shared(
  'blkio_limit',
  element(
    {
      path: text('Device, such as `/dev/sda`.'),
      rate: integer('Bytes or operations a second.'),
    },
    { description: 'A limit for one device.', extensible: false },
  ),
)

const weight = shared(
  'blkio_weight',
  element(
    {
      path: text('Device, such as `/dev/sda`.'),
      weight: integer('Weight from 10 to 1000.'),
    },
    { description: 'A weight for one device.', extensible: false },
  ),
)

export const BlockIo = element(
  {
    device_read_bps: list('Most bytes read from a device in a second.', throttle),
    device_read_iops: list('Most reads from a device in a second.', throttle),
    device_write_bps: list('Most bytes written to a device in a second.', throttle),
    device_write_iops: list('Most writes to a device in a second.', throttle),
    weight: integer('Share of the disk against other containers, from 10 to 1000.'),
    weight_device: list('Share of single devices.', weight),
  },
  { description: 'How much of the disks the container may use.', extensible: false },
)

const count = integer('How many; `all` for every one.')

const requestProperties = {
  count,
  device_ids: as(ListOfStrings, 'Ids of the devices, in the place of a count.'),
  driver: text('Driver of the devices, such as `nvidia`.'),
  options: as(ListOrMapping, 'Options handed to the driver.'),
}

export const DeviceRequests = shared(
  'devices',
  list(
    'Devices that a driver provides, such as GPUs.',
    element(requestProperties, {
      required: { capabilities: as(ListOfStrings, 'What the device must be able to do, such as `gpu`.') },
    }),
  ),
)

export const Gpus = shared(
  'gpus',
  either(
    'GPUs of the container: `all`, or a list of requests.',
    Type.String({ enum: ['all'], description: 'Every GPU of the host.' }),
    list(
      'Requests for GPUs.',
      Type.Object(
        Object.fromEntries(
          Object.entries({
            capabilities: as(ListOfStrings, 'What the GPU must be able to do, such as `compute`.'),
            ...requestProperties,
          }).map(([key, schema]) => [key, Type.Optional(schema)]),
        ),
      ),
    ),
  ),
)

export const GenericResources = shared(
  'generic_resources',
  list(
    'Resources that the nodes of a cluster offer by name.',
    element({
      discrete_resource_spec: element(
        {
          kind: text('Name of the resource.'),
          value: number('How many of it.'),
        },
        { description: 'A resource that is counted.' },
      ),
    }),
  ),
)
