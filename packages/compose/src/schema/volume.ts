import Type from 'typebox'
import { as, driverOptions, either, element, flag, ListOrMapping, list, number, shared, text, word } from './forms.ts'
import { External } from './network.ts'

export const Volume = shared(
  'volume',
  element(
    {
      name: text('Name on the engine, in the place of `PROJECT_KEY`.'),
      driver: text('Driver that keeps the data. `local` when absent.'),
      driver_opts: driverOptions('Options handed to the driver.'),
      external: External,
      labels: as(ListOrMapping, 'Labels of the volume.'),
    },
    { description: 'Data that outlives containers.', nullable: true },
  ),
)

const options = {
  bind: element(
    {
      propagation: text('How mounts below it travel between host and container, such as `rslave`.'),
      create_host_path: flag('Make the folder when it is missing. True when absent.'),
      recursive: word('What happens with the mounts below it.', 'enabled', 'disabled', 'writable', 'readonly'),
      selinux: word('SELinux label: `z` shared by containers, `Z` for this one alone.', 'z', 'Z'),
    },
    { description: 'Settings of a bind.' },
  ),
  volume: element(
    {
      labels: as(ListOrMapping, 'Labels of a volume made for this mount.'),
      nocopy: flag('Do not fill a new volume with what the image has at this path.'),
      subpath: text('Folder inside the volume to mount.'),
    },
    { description: 'Settings of a volume.' },
  ),
  tmpfs: element(
    {
      size: either('Size in bytes, or with a unit.', Type.Integer({ minimum: 0 }), Type.String()),
      mode: number('Permissions of the folder, in octal.'),
    },
    { description: 'Settings of a folder in memory.' },
  ),
  image: element(
    { subpath: text('Folder inside the image to mount.') },
    { description: 'Settings of an image mount.' },
  ),
}

export const Mounts = list(
  'Volumes, folders of the host, and the like, that appear in the container.',
  either(
    'The short form `SOURCE:TARGET[:ro]`, or all settings.',
    Type.String(),
    element(
      {
        source: text('Name of a volume, path on the host, or name of an image.'),
        target: text('Path in the container.'),
        read_only: flag('The container may not write.'),
        consistency: text('How closely both sides agree, on platforms where it matters.'),
        ...options,
      },
      { required: { type: word('What is mounted.', 'bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image') } },
    ),
  ),
  { unique: true },
)
