import { describe, expect, it } from 'vitest'
import { type EngineStats, sampleOf } from './stats.ts'

const member = { service: 'web', instance: 2 }

function stats(change: Partial<EngineStats> = {}): EngineStats {
  return {
    read: '2030-01-02T03:04:05Z',
    cpu_stats: { cpu_usage: { total_usage: 3_000 }, system_cpu_usage: 20_000, online_cpus: 4 },
    precpu_stats: { cpu_usage: { total_usage: 1_000 }, system_cpu_usage: 12_000 },
    memory_stats: { usage: 1000, limit: 5000, stats: { inactive_file: 300 } },
    networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: 'Read', value: 5 },
        { op: 'write', value: 7 },
        { op: 'Total', value: 12 },
      ],
    },
    pids_stats: { current: 3 },
    ...change,
  }
}

describe('a sample', () => {
  it('has the share of one core, memory without cache, and sums over devices', () => {
    expect(sampleOf(member, stats())).toEqual({
      service: 'web',
      instance: 2,
      time: '2030-01-02T03:04:05Z',
      cpu: 1,
      memoryBytes: 700,
      memoryLimitBytes: 5000,
      networkRxBytes: 11,
      networkTxBytes: 22,
      blockReadBytes: 5,
      blockWriteBytes: 7,
      pids: 3,
    })
  })

  it('counts the cache as cgroup v1 names it', () => {
    const memory = { usage: 1000, limit: 5000, stats: { total_inactive_file: 400, inactive_file: 1 } }
    expect(sampleOf(member, stats({ memory_stats: memory })).memoryBytes).toBe(600)
  })

  it('is zero where the engine says nothing', () => {
    const nothing = { cpu_usage: { total_usage: 0 } }
    const silent = stats({
      cpu_stats: nothing,
      precpu_stats: nothing,
      memory_stats: {},
      blkio_stats: {},
      pids_stats: {},
      networks: null,
    })
    expect(sampleOf(member, silent)).toMatchObject({
      cpu: 0,
      memoryBytes: 0,
      networkRxBytes: 0,
      blockReadBytes: 0,
      pids: 0,
    })
  })
})
