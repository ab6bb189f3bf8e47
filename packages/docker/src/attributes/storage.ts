import type { Mount, Project, Service } from '@windflow/compose'
import { EngineError } from '@windflow/engine'
import { configTarget, fileObject, secretTarget } from '../files/references.ts'
import {
  type BodyContext,
  type Draft,
  type Field,
  isRecord,
  knows,
  records,
  strings,
  text,
  type View,
  value,
} from './field.ts'
import { bytes, compact } from './values.ts'

/** The engine mounts images since Docker 28. */
const IMAGE_MOUNTS = '1.48'
/** And folders of volumes since Docker 26. */
const VOLUME_SUBPATHS = '1.45'

/** What the container keeps, and what it is given to read. */
export const storageFields: readonly Field[] = [
  {
    attribute: 'volumes',
    inspect: 'Mounts',
    nested: {
      'volumes[].type': 'Mounts[].Type',
      'volumes[].source': 'Mounts[].Source, Mounts[].Name',
      'volumes[].target': 'Mounts[].Destination',
      'volumes[].read_only': 'Mounts[].RW',
      'volumes[].consistency': 'HostConfig.Mounts[].Consistency',
      'volumes[].bind': 'HostConfig.Binds, HostConfig.Mounts[].BindOptions',
      'volumes[].bind.propagation': 'Mounts[].Propagation',
      'volumes[].bind.create_host_path': 'HostConfig.Binds creates the folder, HostConfig.Mounts does not',
      'volumes[].bind.recursive': 'HostConfig.Mounts[].BindOptions',
      'volumes[].bind.selinux': 'HostConfig.Binds',
      'volumes[].volume': 'HostConfig.Mounts[].VolumeOptions',
      'volumes[].volume.labels': 'HostConfig.Mounts[].VolumeOptions.Labels',
      'volumes[].volume.nocopy': 'HostConfig.Mounts[].VolumeOptions.NoCopy',
      'volumes[].volume.subpath': 'HostConfig.Mounts[].VolumeOptions.Subpath (API 1.45)',
      'volumes[].tmpfs': 'HostConfig.Mounts[].TmpfsOptions',
      'volumes[].tmpfs.size': 'HostConfig.Mounts[].TmpfsOptions.SizeBytes',
      'volumes[].tmpfs.mode': 'HostConfig.Mounts[].TmpfsOptions.Mode',
      'volumes[].image': 'HostConfig.Mounts[].ImageOptions (API 1.48)',
      'volumes[].image.subpath': 'HostConfig.Mounts[].ImageOptions.Subpath (API 1.48)',
    },
    put: putMounts,
    read: readMounts,
  },
  value(
    'volumes_from',
    'HostConfig.VolumesFrom',
    (service, context) => service.volumes_from?.map((source) => volumesFrom(source, context)),
    // Compose leaves the mode away, and so do we: the id is what counts.
    { normal: (found) => strings(found).map((source) => source.split(':')[0]) },
  ),
  value('tmpfs', 'HostConfig.Tmpfs', (service) => {
    if (!service.tmpfs) return undefined
    return Object.fromEntries(
      service.tmpfs.map((entry) => {
        const colon = entry.indexOf(':')
        return colon < 0 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1)]
      }),
    )
  }),
  value('storage_opt', 'HostConfig.StorageOpt', (service) => service.storage_opt),
]

function volumesFrom(source: string, context: BodyContext): string {
  const [first = '', second = ''] = source.split(':')
  if (first === 'container') return second
  const container = context.resolve(first)
  if (container === undefined) {
    throw new EngineError(
      'service-without-container',
      `${context.service} takes the volumes of ${first}, which has no container`,
      { class: 'user', hint: `deploy ${first} too, with at least one replica` },
    )
  }
  return container
}

/** One mount as the engine's Mount API writes it. */
type EngineMount = {
  readonly Type: string
  readonly Source?: string
  readonly Target: string
  readonly ReadOnly?: boolean
  readonly Consistency?: string
  readonly BindOptions?: unknown
  readonly VolumeOptions?: unknown
  readonly TmpfsOptions?: unknown
  readonly ImageOptions?: unknown
}

function putMounts(draft: Draft, service: Service, context: BodyContext): void {
  const binds: string[] = []
  const mounts: EngineMount[] = []
  const declared = new Set((service.volumes ?? []).map((mount) => mount.target ?? ''))
  const inherited = new Map(context.inherited.map((mount) => [mount.target, mount]))
  for (const mount of service.volumes ?? []) {
    const kept = mount.source === undefined ? inherited.get(mount.target ?? '') : undefined
    const bind = kept ? undefined : bindString(mount, context.model)
    if (bind !== undefined) binds.push(bind)
    else mounts.push(kept ? engineMountOf(kept) : engineMount(mount, context))
  }
  for (const mount of inherited.values()) if (!declared.has(mount.target)) mounts.push(engineMountOf(mount))
  for (const mount of fileMounts(service, context))
    if (!declared.has(mount.Target) && !inherited.has(mount.Target)) mounts.push(mount)
  if (binds.length > 0) draft.host.Binds = binds
  if (mounts.length > 0) draft.host.Mounts = mounts
}

/** The older way to ask, which makes a missing folder of the host. Undefined when the mount needs more than it can say. */
function bindString(mount: Mount, model: Project): string | undefined {
  const options = [mount.read_only ? 'ro' : 'rw']
  let source = mount.source
  if (mount.type === 'bind') {
    if (mount.bind?.create_host_path === false || mount.bind?.propagation || mount.bind?.recursive) return undefined
    if (mount.bind?.selinux) options.push(mount.bind.selinux)
  } else if (mount.type === 'volume' && source !== undefined) {
    if (mount.volume?.labels || mount.volume?.subpath || mount.volume?.nocopy) return undefined
    source = model.volumes?.[source]?.name
  } else {
    return undefined
  }
  return source === undefined ? undefined : `${source}:${mount.target ?? ''}:${options.join(',')}`
}

function engineMountOf(mount: BodyContext['inherited'][number]): EngineMount {
  return {
    Type: mount.type,
    Source: mount.source,
    Target: mount.target,
    ...(mount.readOnly && { ReadOnly: true }),
  }
}

function engineMount(mount: Mount, context: BodyContext): EngineMount {
  const source = mountSource(mount, context)
  return {
    Type: mount.type ?? 'volume',
    ...(source !== undefined && { Source: source }),
    Target: mount.target ?? '',
    ...(mount.read_only && { ReadOnly: true }),
    ...(mount.consistency !== undefined && { Consistency: mount.consistency }),
    ...mountOptions(mount, context),
  }
}

function mountSource(mount: Mount, context: BodyContext): string | undefined {
  if (mount.source === undefined) return undefined
  if (mount.type === 'volume') return context.model.volumes?.[mount.source]?.name ?? mount.source
  return mount.type === 'image' ? context.imageSource(mount.source) : mount.source
}

function mountOptions(mount: Mount, context: BodyContext): Partial<EngineMount> {
  switch (mount.type) {
    case 'bind': {
      if (!mount.bind) return {}
      const { propagation, recursive, create_host_path } = mount.bind
      return {
        BindOptions: {
          ...(propagation !== undefined && { Propagation: propagation }),
          ...(create_host_path !== false && { CreateMountpoint: true }),
          ...(recursive === 'disabled' && { NonRecursive: true }),
          ...(recursive === 'writable' && { ReadOnlyNonRecursive: true }),
          ...(recursive === 'readonly' && { ReadOnlyForceRecursive: true }),
        },
      }
    }
    case 'volume':
      if (!mount.volume) return {}
      // An older engine would mount the whole volume in its place.
      if (mount.volume.subpath !== undefined && !knows(context, VOLUME_SUBPATHS)) {
        throw new EngineError(
          'engine-too-old',
          `service ${context.service} mounts the folder ${mount.volume.subpath} of volume ${mount.source ?? ''}, which needs Docker 26 or newer`,
          { class: 'user', hint: 'update the engine, or mount the whole volume' },
        )
      }
      return {
        VolumeOptions:
          compact({
            NoCopy: mount.volume.nocopy,
            Subpath: mount.volume.subpath,
            Labels: mount.volume.labels,
          }) ?? {},
      }
    case 'tmpfs':
      if (!mount.tmpfs) return {}
      return { TmpfsOptions: compact({ SizeBytes: bytes(mount.tmpfs.size), Mode: mount.tmpfs.mode }) ?? {} }
    case 'image':
      if (!knows(context, IMAGE_MOUNTS)) {
        throw new EngineError(
          'engine-too-old',
          `service ${context.service} mounts the image ${mount.source ?? ''}, which needs Docker 28 or newer`,
          { class: 'user', hint: 'update the engine, or copy what is needed into the image of the service' },
        )
      }
      return mount.image ? { ImageOptions: compact({ Subpath: mount.image.subpath }) ?? {} } : {}
    default:
      return {}
  }
}

/** Configs and secrets that are files of this machine, where the engine can see them. The others are copied in. */
function fileMounts(service: Service, context: BodyContext): EngineMount[] {
  if (!context.sharesFiles) return []
  const mounts = new Map<string, EngineMount>()
  for (const reference of service.secrets ?? []) {
    const secret = fileObject(context.model, 'secret', reference)
    const target = secretTarget(reference)
    if (secret.file !== undefined)
      mounts.set(target, { Type: 'bind', Source: secret.file, Target: target, ReadOnly: true, BindOptions: {} })
  }
  for (const reference of service.configs ?? []) {
    const config = fileObject(context.model, 'config', reference)
    const target = configTarget(reference)
    if (config.file !== undefined && !mounts.has(target))
      mounts.set(target, { Type: 'bind', Source: config.file, Target: target, ReadOnly: true })
  }
  return [...mounts.values()]
}

/** Both ways of asking for a mount, in one form, sorted by target. */
function readMounts(view: View): unknown {
  const given = isRecord(view.image.Volumes) ? view.image.Volumes : {}
  const mounts = [...strings(view.host.Binds).map(ofBind), ...records(view.host.Mounts).map(ofMount)]
  return mounts
    .filter((mount) => !(isAnonymous(mount) && mount.target in given))
    .map((mount) => compact({ ...mount, source: isAnonymous(mount) ? undefined : mount.source }))
    .sort((a, b) => (text(a?.target) < text(b?.target) ? -1 : 1))
}

interface ReadMount {
  readonly type: string
  readonly source?: string
  readonly target: string
  readonly [option: string]: unknown
}

function isAnonymous(mount: ReadMount): boolean {
  return mount.type === 'volume' && (mount.source === undefined || /^[0-9a-f]{64}$/.test(mount.source))
}

function ofBind(bind: string): ReadMount {
  const parts = bind.split(':')
  const windows = /^[A-Za-z]$/.test(parts[0] ?? '')
  const source = windows ? parts.splice(0, 2).join(':') : (parts.shift() ?? '')
  const [target = '', mode = ''] = parts
  const options = mode.split(',')
  return {
    type: /^[/.~]|^[A-Za-z]:/.test(source) ? 'bind' : 'volume',
    source,
    target,
    read_only: options.includes('ro'),
    selinux: options.find((option) => option === 'z' || option === 'Z'),
    propagation: options.find((option) => /^r?(private|shared|slave)$/.test(option)),
    nocopy: options.includes('nocopy'),
  }
}

function ofMount(mount: Readonly<Record<string, unknown>>): ReadMount {
  const bind = isRecord(mount.BindOptions) ? mount.BindOptions : {}
  const volume = isRecord(mount.VolumeOptions) ? mount.VolumeOptions : {}
  const tmpfs = isRecord(mount.TmpfsOptions) ? mount.TmpfsOptions : {}
  const image = isRecord(mount.ImageOptions) ? mount.ImageOptions : {}
  return {
    type: text(mount.Type),
    ...(text(mount.Source) !== '' && { source: text(mount.Source) }),
    target: text(mount.Target),
    read_only: mount.ReadOnly === true,
    propagation: bind.Propagation,
    non_recursive: bind.NonRecursive,
    nocopy: volume.NoCopy,
    subpath: volume.Subpath ?? image.Subpath,
    labels: volume.Labels,
    size: tmpfs.SizeBytes,
    mode: tmpfs.Mode,
  }
}
