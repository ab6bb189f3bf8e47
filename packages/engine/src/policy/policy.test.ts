import type { Project } from '@windflow/compose'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PartialService, project } from '../../test/memory/world.ts'
import { checkPolicy } from './index.ts'
import { isInside } from './paths.ts'

const ALLOWED = { allowedPaths: ['/srv/stack', '/mnt/shared'] }

function check(service: PartialService, more: Partial<Project> = {}): string[] {
  const model = { ...project({ web: service }), ...more }
  return checkPolicy(model, ALLOWED).map((found) => `${found.severity} ${found.code} ${found.path}`)
}

test('an ordinary stack is fine', () => {
  const model = project(
    {
      web: {
        ports: [{ target: 80, published: '80' }],
        volumes: [
          { type: 'volume', source: 'data', target: '/data' },
          { type: 'bind', source: '/srv/stack/conf', target: '/conf', read_only: true },
          { type: 'bind', source: '/mnt/shared', target: '/shared' },
          { type: 'tmpfs', target: '/tmp' },
        ],
        cap_add: ['NET_BIND_SERVICE'],
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        build: { context: '/srv/stack/app' },
        labels: { 'traefik.enable': 'true' },
      },
    },
    { volumes: { data: { name: 'app_data' } } },
  )
  expect(checkPolicy(model, ALLOWED)).toEqual([])
})

describe('threats', () => {
  test.each<[string, PartialService, string]>([
    ['privileged', { privileged: true }, 'high privileged services.web.privileged'],
    ['host network', { network_mode: 'host' }, 'high host-namespace services.web.network_mode'],
    ['host processes', { pid: 'host' }, 'high host-namespace services.web.pid'],
    ['host shared memory', { ipc: 'host' }, 'high host-namespace services.web.ipc'],
    ['host users', { userns_mode: 'host' }, 'high host-namespace services.web.userns_mode'],
    ['host control groups', { cgroup: 'host' }, 'high host-namespace services.web.cgroup'],
    ['host name', { uts: 'host' }, 'high host-namespace services.web.uts'],
    ['another container', { network_mode: 'container:db' }, 'high foreign-namespace services.web.network_mode'],
    ['every capability', { cap_add: ['ALL'] }, 'high capability services.web.cap_add[0]'],
    ['a capability by its long name', { cap_add: ['cap_sys_admin'] }, 'high capability services.web.cap_add[0]'],
    ['a lesser capability', { cap_add: ['CHOWN', 'IPC_LOCK'] }, 'medium capability services.web.cap_add[1]'],
    ['a device', { devices: [{ source: '/dev/sda', target: '/dev/sda' }] }, 'high device services.web.devices[0]'],
    ['device rules', { device_cgroup_rules: ['a *:* rwm'] }, 'high device services.web.device_cgroup_rules[0]'],
    ['a GPU', { gpus: [{ count: 1 }] }, 'low gpu services.web.gpus'],
    ['no seccomp', { security_opt: ['seccomp:unconfined'] }, 'high security-opt services.web.security_opt[0]'],
    ['no AppArmor', { security_opt: ['apparmor=unconfined'] }, 'high security-opt services.web.security_opt[0]'],
    ['no SELinux', { security_opt: ['label:disable'] }, 'high security-opt services.web.security_opt[0]'],
    ['kernel parameters', { sysctls: { 'kernel.shmmax': '1' } }, 'medium sysctl services.web.sysctls.kernel.shmmax'],
    ['the API socket', { use_api_socket: true }, 'high docker-socket services.web.use_api_socket'],
    ['volumes of others', { volumes_from: ['container:db'] }, 'high foreign-volume services.web.volumes_from[0]'],
    ['a program of the host', { provider: { type: 'x' } }, 'high host-program services.web.provider'],
    [
      'the label of another project',
      { labels: { 'com.docker.compose.project': 'other' } },
      'high reserved-label services.web.labels.com.docker.compose.project',
    ],
    [
      'a privileged hook',
      { post_start: [{ command: ['x'], privileged: true }] },
      'high privileged services.web.post_start[0].privileged',
    ],
    [
      'a build with the host network',
      { build: { network: 'host' } },
      'high build-privilege services.web.build.network',
    ],
    ['a build of another folder', { build: { context: '/etc' } }, 'high file-outside services.web.build.context'],
  ])('%s', (_, service, finding) => {
    expect(check(service)).toEqual([finding])
  })

  test.each([
    ['/var/run/docker.sock', 'high docker-socket'],
    ['/run/docker.sock', 'high docker-socket'],
    ['/srv/stack/../../run/docker.sock', 'high docker-socket'],
    ['/var/run', 'high docker-socket'],
    ['/', 'high docker-socket'],
    ['//var//run/./docker.sock', 'high docker-socket'],
    ['/etc/passwd', 'high host-path'],
    ['/srv/stack/../other', 'high host-path'],
    ['/srv/stack2', 'high host-path'],
    ['C:\\Windows', 'high host-path'],
  ])('a bind of %s', (source, finding) => {
    expect(check({ volumes: [{ type: 'bind', source, target: '/x' }] })).toEqual([`${finding} services.web.volumes[0]`])
  })

  test.each<[string, Record<string, string>, string[]]>([
    ['a bind in disguise', { type: 'none', o: 'bind', device: '/etc' }, ['high hidden-bind volumes.v.driver_opts']],
    ['one without a type', { o: 'rbind,ro', device: '/etc' }, ['high hidden-bind volumes.v.driver_opts']],
    ['one of the socket', { o: 'bind', device: '/run' }, ['high docker-socket volumes.v.driver_opts']],
    ['a disk of the host', { type: 'ext4', device: '/dev/sda1' }, ['high hidden-bind volumes.v.driver_opts']],
    [
      'an overlay',
      { type: 'overlay', device: 'overlay', o: 'lowerdir=/etc' },
      ['high hidden-bind volumes.v.driver_opts'],
    ],
    ['a path of a plugin', { mountpoint: '/etc' }, ['high hidden-bind volumes.v.driver_opts']],
    ['a bind of an allowed folder', { type: 'none', o: 'bind', device: '/mnt/shared/x' }, []],
    ['memory', { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }, []],
    ['a share', { type: 'nfs', o: 'addr=10.0.0.1', device: ':/data' }, []],
  ])('a volume that is %s', (_, driver_opts, findings) => {
    expect(check({}, { volumes: { v: { name: 'app_v', driver_opts } } })).toEqual(findings)
  })

  test('data, networks and files of others', () => {
    const found = check(
      {},
      {
        volumes: { a: { name: 'other_data', external: true }, b: { name: 'other_data' } },
        networks: {
          host: { name: 'host', external: true, ipam: {} },
          proxy: { name: 'proxy', external: true, ipam: {} },
        },
        secrets: { key: { file: '/root/.ssh/id_rsa' } },
        configs: { fine: { file: '/srv/stack/app.conf' } },
      },
    )
    expect(found).toEqual([
      'high host-namespace networks.host',
      'low foreign-network networks.proxy',
      'medium foreign-volume volumes.a',
      'low foreign-volume volumes.b.name',
      'high file-outside secrets.key.file',
    ])
  })
})

test('a path never counts as inside by way of dots', () => {
  const part = fc.constantFrom('..', '.', '', 'stack', 'srv', 'x', 'stack2')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const path = `/${parts.join('/')}`
      const { pathname } = new URL(`file://${path}`.replace(/\/{2,}/g, '/').replace('file:/', 'file:///'))
      const real = pathname.replace(/\/+$/, '') || '/'
      expect(isInside(path, ['/srv/stack'])).toBe(real === '/srv/stack' || real.startsWith('/srv/stack/'))
    }),
  )
})
