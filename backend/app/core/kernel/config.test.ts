import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { BootError } from './errors.ts'

function folder(env = ''): string {
  const path = mkdtempSync(join(tmpdir(), 'windflow-config-'))
  if (env !== '') writeFileSync(join(path, '.env'), env)
  return path
}

function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig({ WINDFLOW_DATA: folder(), ...env })
  } catch (error) {
    if (error instanceof BootError) return error.problems
    throw error
  }
  return []
}

describe('configuration', () => {
  it('needs nothing but a data folder', () => {
    const config = loadConfig({ WINDFLOW_DATA: folder() })
    expect(config).toMatchObject({ port: 8080, role: 'all', host: '127.0.0.1', rateLimit: true, extensions: [] })
  })

  it('reads .env of the data folder, and the environment beats it', () => {
    const data = folder('WINDFLOW_PORT=9000\nWINDFLOW_LOG_LEVEL=debug\n')
    const config = loadConfig({ WINDFLOW_DATA: data, WINDFLOW_PORT: '9001', WINDFLOW_LOG_LEVEL: '' })
    expect(config.port).toBe(9001)
    expect(config.logLevel).toBe('debug')
  })

  it('lists every problem at once', () => {
    const found = problems({
      WINDFLOW_PORT: 'http',
      WINDFLOW_ROLE: 'boss',
      WINDFLOW_RATE_LIMIT: 'maybe',
      WINDFLOW_ADMIN_EMAIL: 'nobody',
      DATABASE_URL: 'mysql://x',
      WINDFLOW_TLS_CERT: '/nonexistent/cert.pem',
    })
    expect(found).toHaveLength(8)
  })

  it('reads a secret from the file named by *_FILE, and refuses both forms together', () => {
    const data = folder()
    const file = join(data, 'url')
    writeFileSync(file, 'redis://127.0.0.1:6379\n')
    expect(loadConfig({ WINDFLOW_DATA: data, REDIS_URL_FILE: file }).redisUrl).toBe('redis://127.0.0.1:6379')
    expect(problems({ REDIS_URL_FILE: file, REDIS_URL: 'redis://x' })).toHaveLength(1)
    expect(problems({ REDIS_URL_FILE: join(data, 'absent') })[0]).toContain('ENOENT')
  })

  it('refuses a placeholder as the first password', () => {
    expect(problems({ WINDFLOW_ADMIN_EMAIL: 'a@b.c', WINDFLOW_ADMIN_PASSWORD: 'changeme' })).toHaveLength(1)
  })

  it('refuses a role without a database of its own when none is named', () => {
    expect(problems({ WINDFLOW_ROLE: 'worker' })[0]).toContain('DATABASE_URL')
  })
})
