import { describe, expect, it } from 'vitest'
import { answerError } from '../api/errors.ts'
import { pullError, pulledDigest } from './pull.ts'
import { parseReference } from './reference.ts'

describe('a pull that fails', () => {
  /** As Docker Hub, its mirrors and other registries word it through the engine. */
  it.each([
    ['manifest for nginx:nope not found: manifest unknown: manifest unknown', 'image-not-found', 'user'],
    [
      "pull access denied for app, repository does not exist or may require 'docker login'",
      'registry-unauthorized',
      'user',
    ],
    ['Head "https://r.example/v2/app/manifests/1": no basic auth credentials', 'registry-unauthorized', 'user'],
    ['unauthorized: authentication required', 'registry-unauthorized', 'user'],
    ['toomanyrequests: You have reached your pull rate limit', 'registry-busy', 'transient'],
    ['Get "https://r.example/v2/": dial tcp: lookup r.example: no such host', 'registry-unreachable', 'target'],
    ['Get "https://r.example/v2/": dial tcp 10.0.0.1:443: i/o timeout', 'registry-unreachable', 'transient'],
    ['Get "https://r.example/v2/": x509: certificate signed by unknown authority', 'registry-unreachable', 'target'],
    ['Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client', 'registry-unreachable', 'target'],
    ['no matching manifest for linux/s390x in the manifest list entries', 'image-platform-missing', 'user'],
    ['unexpected', 'pull-failed', 'target'],
  ])('with "%s" is %s', (text, code, errorClass) => {
    const error = pullError(new Error(text), 'r.example/app:1', parseReference('r.example/app:1'), false)
    expect(error).toMatchObject({ code, class: errorClass, message: expect.stringContaining('r.example') })
  })

  it('keeps what only the engine can say', () => {
    const full = answerError(500, 'write /x: no space left on device', 'POST /images/create')
    expect(pullError(full, 'app', parseReference('app'), false)).toBe(full)
  })

  it('asks for a log-in only when there was none', () => {
    const hint = (loggedIn: boolean) =>
      (pullError(new Error('denied: no'), 'app', parseReference('app'), loggedIn) as { hint: string }).hint
    expect(hint(false)).toContain('log in with docker login')
    expect(hint(true)).toContain('that the account of docker login may read it')
  })
})

it('finds the digest an image was pulled under, by its repository', () => {
  const RepoDigests = ['other/nginx@sha256:1', 'nginx@sha256:2']
  expect(pulledDigest({ RepoDigests }, 'docker.io/library/nginx:1')).toBe('sha256:2')
  expect(pulledDigest({ RepoDigests: null }, 'nginx')).toBeUndefined()
})
