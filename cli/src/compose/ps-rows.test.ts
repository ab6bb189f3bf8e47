import type { ContainerSummary } from '@windflow/docker'
import { describe, expect, it } from 'vitest'
import { humanDuration, psRow } from './ps-rows.ts'

const NOW = Date.parse('2026-11-24T07:26:25Z')

const summary: ContainerSummary = {
  Id: '43350698c00c3272cf468d0a38252eb51bd9e1209d0f3cbe0ce932a94fea308d',
  Names: ['/shop-web-1'],
  Image: 'busybox:1',
  ImageID: 'sha256:1',
  Command: "sh -c 'sleep 1000 & wait; echo a very long command'",
  Created: NOW / 1000 - 3,
  State: 'running',
  Status: 'Up 2 seconds (healthy)',
  Labels: {
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': 'web',
    'windflow.release': '7',
  },
  Ports: [
    { IP: '127.0.0.1', PrivatePort: 81, PublicPort: 18981, Type: 'udp' },
    { PrivatePort: 90, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 18980, Type: 'tcp' },
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 18980, Type: 'tcp' },
  ],
  Mounts: [
    { Type: 'volume', Name: 'shop_data', Source: '', Destination: '/d', RW: true },
    { Type: 'bind', Source: '/srv/a/very/long/path', Destination: '/here', RW: false },
  ],
  NetworkSettings: { Networks: { shop_default: {} } },
}

describe('a row of ps', () => {
  it('says what docker compose ps says of the same container', () => {
    expect(psRow(summary, { truncate: true, now: NOW })).toMatchObject({
      ID: '43350698c00c',
      Name: 'shop-web-1',
      Command: '"sh -c \'sleep 1000 &…"',
      CreatedAt: '2026-11-24 07:26:22 +0000 UTC',
      RunningFor: '3 seconds ago',
      State: 'running',
      Health: 'healthy',
      ExitCode: 0,
      Ports: '0.0.0.0:18980->80/tcp, [::]:18980->80/tcp, 127.0.0.1:18981->81/udp, 90/tcp',
      Networks: 'shop_default',
      Mounts: 'shop_data,/srv/a/very/lo…',
      LocalVolumes: '1',
      Release: 7,
    })
  })

  it('shows ids and commands in full when asked', () => {
    const row = psRow(summary, { truncate: false, now: NOW })
    expect(row.ID).toBe(summary.Id)
    expect(row.Command).toBe(`"${summary.Command}"`)
  })

  it('reads exit code and health from the status', () => {
    const row = (Status: string) => psRow({ ...summary, Status }, { truncate: true, now: NOW })
    expect(row('Exited (137) 2 hours ago').ExitCode).toBe(137)
    expect(row('Up 2 hours (health: starting)').Health).toBe('starting')
    expect(row('Up 2 hours').Health).toBe('')
  })
})

describe('a length of time', () => {
  it.each([
    [0.4, 'Less than a second'],
    [1, '1 second'],
    [59, '59 seconds'],
    [61, 'About a minute'],
    [300, '5 minutes'],
    [3600, 'About an hour'],
    [7200, '2 hours'],
    [86_400 * 3, '3 days'],
    [86_400 * 21, '3 weeks'],
    [86_400 * 90, '3 months'],
    [86_400 * 800, '2 years'],
  ])('%d seconds are %s', (seconds, words) => expect(humanDuration(seconds)).toBe(words))
})
