import Type from 'typebox'
import {
  as,
  bounded,
  Command,
  ExtraHosts,
  either,
  element,
  FileUses,
  flag,
  integer,
  ListOfStrings,
  ListOrMapping,
  list,
  named,
  number,
  StringOrList,
  scalar,
  shared,
  text,
  Ulimits,
  uniqueWords,
  word,
  words,
} from './forms.ts'
import { NetworkUses } from './network.ts'
import { BlockIo, Gpus } from './resources.ts'
import { Mounts } from './volume.ts'

const EnvFiles = shared(
  'env_file',
  either(
    'Files with variables: one path, or a list.',
    text('Path of a file with lines `KEY=value`.'),
    list(
      'Files, the later ones win.',
      either(
        'A path, or a path with settings.',
        text('Path of a file with lines `KEY=value`.'),
        element(
          {
            format: text('`raw`: values are taken as they stand. Otherwise quotes and variables are understood.'),
            required: Type.Unsafe<boolean | string>({
              type: ['boolean', 'string'],
              default: true,
              description: 'Whether a missing file is an error.',
            }),
          },
          { required: { path: text('Path of the file.') }, extensible: false },
        ),
      ),
    ),
  ),
)

const LabelFiles = shared(
  'label_file',
  either('Files with labels: one path, or a list.', text('Path of a file with lines `KEY=value`.'), words('Paths.')),
)

const memory = (description: string) => number(`${description} In bytes, or with a unit such as \`512m\`.`)

/** What services, jobs and the containers of `pre_start` have in common. */
export const containerProperties = {
  annotations: as(ListOrMapping, 'Annotations of the container, for the runtime.'),
  blkio_config: BlockIo,
  cap_add: uniqueWords('Linux capabilities to add, such as `NET_ADMIN`.'),
  cap_drop: uniqueWords('Linux capabilities to take away. `ALL` for every one.'),
  cgroup: word('Control group namespace: that of the host, or one of its own.', 'host', 'private'),
  cgroup_parent: text('Control group above that of the container.'),
  command: as(Command, 'What runs in the container, in the place of the `CMD` of the image.'),
  configs: as(FileUses, 'Configs that appear as files in the container.'),
  cpu_count: bounded('Number of processors (Windows).', 0),
  cpu_percent: bounded('Share of the processors in percent (Windows).', 0, 100),
  cpu_shares: number('Weight against other containers when processors are scarce. 1024 is usual.'),
  cpu_quota: number('Processor time in microseconds within one `cpu_period`.'),
  cpu_period: number('Length of the period for `cpu_quota`, in microseconds.'),
  cpu_rt_period: number('Period for real-time tasks, in microseconds or as a duration.'),
  cpu_rt_runtime: number('Time for real-time tasks within the period.'),
  cpus: number('Most processors, such as `1.5`.'),
  cpuset: text('Processors to run on, such as `0-3` or `0,1`.'),
  credential_spec: element(
    {
      config: text('Config that holds it.'),
      file: text('File that holds it.'),
      registry: text('Registry value that holds it.'),
    },
    { description: 'Managed service account (Windows).' },
  ),
  device_cgroup_rules: as(ListOfStrings, 'Rules for devices, such as `c 1:3 mr`.'),
  devices: list(
    'Devices of the host that the container sees.',
    either(
      '`HOST[:CONTAINER[:PERMISSIONS]]`, or all settings.',
      Type.String(),
      element(
        {
          target: text('Path in the container.'),
          permissions: text('Letters out of `rwm`: read, write, make.'),
        },
        { required: { source: text('Path on the host.') } },
      ),
    ),
  ),
  dns: as(StringOrList, 'Name servers.'),
  dns_opt: uniqueWords('Options of the resolver, such as `use-vc`.'),
  dns_search: as(StringOrList, 'Domains tried for short names.'),
  domainname: text('Domain of the container.'),
  entrypoint: as(Command, 'What starts in the container, in the place of the `ENTRYPOINT` of the image.'),
  env_file: EnvFiles,
  label_file: LabelFiles,
  environment: as(ListOrMapping, 'Variables of the container. A key without a value is taken from where you are.'),
  extra_hosts: ExtraHosts,
  gpus: Gpus,
  group_add: list('Further groups of the user, by name or number.', scalar('Name or number.', 'string', 'number'), {
    unique: true,
  }),
  hostname: text('Host name of the container.'),
  image: text('Image to run: `[REGISTRY/]NAME[:TAG][@DIGEST]`.'),
  init: flag('Run a small init process that passes on signals and collects dead children.'),
  ipc: text('Namespace for shared memory: `host`, `shareable`, `service:NAME` or `container:NAME`.'),
  isolation: text('Isolation technology (Windows).'),
  labels: as(ListOrMapping, 'Labels of the containers.'),
  logging: element(
    {
      driver: text('Driver that takes the output, such as `json-file`, `local` or `none`.'),
      options: named('Options handed to the driver.', scalar('Value.', 'string', 'number', 'null'), {
        pattern: '^.+$',
        open: true,
      }),
    },
    { description: 'Where the output of the container goes.' },
  ),
  mac_address: text('MAC address of the container.'),
  mem_limit: memory('Most memory.'),
  mem_reservation: integer('Memory kept when memory is scarce. In bytes, or with a unit such as `256m`.'),
  mem_swappiness: integer('How readily memory is swapped out, from 0 to 100.'),
  memswap_limit: memory('Most memory and swap together; `-1` for no limit.'),
  network_mode: text('`bridge`, `host`, `none`, `service:NAME` or `container:NAME`. Excludes `networks`.'),
  models: either(
    'Language models the service uses: a list of names, or a mapping with variables.',
    ListOfStrings,
    named(
      'Models, and the variables that describe each.',
      either(
        'Variables, or nothing.',
        element({
          endpoint_var: text('Variable that gets the address of the model.'),
          model_var: text('Variable that gets the name of the model.'),
        }),
        Type.Null(),
      ),
      { open: true },
    ),
  ),
  networks: NetworkUses,
  oom_kill_disable: flag('The kernel does not kill the container when memory runs out.'),
  oom_score_adj: bounded('How readily the kernel kills it when memory runs out, from -1000 to 1000.', -1000, 1000),
  pid: scalar('Process namespace: `host`, `service:NAME` or `container:NAME`.', 'string', 'null'),
  pids_limit: number('Most processes; `-1` for no limit.'),
  platform: text('Platform of the image, such as `linux/arm64`.'),
  privileged: flag('All rights and devices of the host.'),
  pull_policy: Type.String({
    description: 'When the image is pulled: `always`, `missing`, `never`, `build`, `daily`, `weekly`, `every_12h` ...',
    pattern: '^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)$',
  }),
  pull_refresh_after: text('Age after which the image is pulled again, with `pull_policy: refresh`.'),
  read_only: flag('The container may not write outside its mounts.'),
  runtime: text('Program that runs the container, such as `runc`.'),
  security_opt: uniqueWords('Settings of AppArmor, SELinux, seccomp, and `no-new-privileges`.'),
  shm_size: number('Size of `/dev/shm`, such as `64m`.'),
  secrets: as(FileUses, 'Secrets that appear as files in the container.'),
  sysctls: as(ListOrMapping, 'Kernel parameters of the container.'),
  stop_grace_period: text('Time to stop by itself before it is killed. `10s` when absent.'),
  stop_signal: text('Signal that asks it to stop. `SIGTERM` when neither this nor the image says.'),
  storage_opt: Type.Unsafe<object>({ type: 'object', description: 'Options of the storage driver, such as `size`.' }),
  tmpfs: as(StringOrList, 'Folders kept in memory.'),
  ulimits: Ulimits,
  use_api_socket: Type.Boolean({ description: 'Let the container talk to the engine, with your credentials.' }),
  user: text('User who runs the process: name or number, with a group after a colon.'),
  uts: text('`host` to share the host name of the host.'),
  userns_mode: text('User namespace: `host` to use that of the host.'),
  volumes: Mounts,
  volumes_from: uniqueWords(
    'Services or `container:NAME` whose mounts are taken over, with `:ro` at the end if wanted.',
  ),
  working_dir: text('Folder the process starts in.'),
}
