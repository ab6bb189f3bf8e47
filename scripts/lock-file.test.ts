import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LockFile, missingOptionals } from './lock-file.ts'

const root = resolve(import.meta.dirname, '..')

describe('the lock file', () => {
  const lock: LockFile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

  it('has an entry for each package it names, as `npm ci` asks for', () => {
    expect(missingOptionals(lock)).toEqual([])
  })

  it('holds no download address: each machine has its own registry', () => {
    const addresses = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.startsWith('http'))
    expect(addresses).toEqual([])
  })

  it('belongs to package files that pin exact versions', () => {
    const files = ['package.json', ...globSync(['*/package.json', 'packages/*/package.json'], { cwd: root })]
    const loose = files.flatMap((file) => {
      const {
        dependencies = {},
        devDependencies = {},
        optionalDependencies = {},
      } = JSON.parse(readFileSync(join(root, file), 'utf8'))
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([, version]) => !/^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))
        .map(([name, version]) => `${file}: ${name} ${version}`)
    })
    expect(loose).toEqual([])
  })
})

describe('a lock file without an entry for a package it names', () => {
  const lock = {
    packages: {
      '': { optionalDependencies: { top: '1.0.0' } },
      'node_modules/top': { version: '1.0.0', optionalDependencies: { here: '1.0.0', elsewhere: '1.0.0' } },
      'node_modules/here': { version: '1.0.0', optionalDependencies: { nowhere: '^1.0.0' } },
      'node_modules/top/node_modules/inner': { version: '1.0.0', optionalDependencies: { here: '^0.9.0 || 1' } },
      'node_modules/old': { version: '1.0.0', optionalDependencies: { here: '0.9.0' } },
    },
  }

  it('is found out, whether the package is not there or is another version', () => {
    expect(missingOptionals(lock)).toEqual([
      { from: 'node_modules/top', name: 'elsewhere' },
      { from: 'node_modules/here', name: 'nowhere' },
      { from: 'node_modules/old', name: 'here' },
    ])
  })
})
