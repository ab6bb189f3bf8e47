import { describe, expect, it } from 'vitest'
import { familiarRepository, parseReference } from './reference.ts'

const DIGEST = `sha256:${'0a'.repeat(32)}`

describe('an image name', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', 'nginx:latest'],
    ['nginx:1.27', 'docker.io', 'library/nginx', 'nginx:1.27'],
    ['docker.io/library/nginx', 'docker.io', 'library/nginx', 'nginx:latest'],
    ['index.docker.io/team/app', 'docker.io', 'team/app', 'team/app:latest'],
    ['team/app:1', 'docker.io', 'team/app', 'team/app:1'],
    ['registry.example/app', 'registry.example', 'app', 'registry.example/app:latest'],
    ['localhost/app:x', 'localhost', 'app', 'localhost/app:x'],
    ['127.0.0.1:5000/a/b/c:x', '127.0.0.1:5000', 'a/b/c', '127.0.0.1:5000/a/b/c:x'],
    ['[::1]:5000/app', '[::1]:5000', 'app', '[::1]:5000/app:latest'],
    [`app@${DIGEST}`, 'docker.io', 'library/app', `app@${DIGEST}`],
    [`app:1@${DIGEST}`, 'docker.io', 'library/app', `app:1@${DIGEST}`],
  ])('%s is taken apart', (text, registry, repository, familiar) => {
    expect(parseReference(text)).toMatchObject({ registry, repository, familiar })
  })

  it.each([
    '',
    'App',
    'a b',
    'app:',
    'app:t/x',
    'app@sha256:short',
    `a@${DIGEST}@${DIGEST}`,
    'registry.example/',
    '-a',
    'a//b',
  ])('"%s" is refused', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'image-name-invalid', class: 'user' }))
  })

  it('without tag and digest is as the engine writes it', () => {
    expect(familiarRepository(parseReference('docker.io/library/nginx:1'))).toBe('nginx')
    expect(familiarRepository(parseReference('registry.example:5000/a/b:1'))).toBe('registry.example:5000/a/b')
  })
})
