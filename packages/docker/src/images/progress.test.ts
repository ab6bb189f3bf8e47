import { describe, expect, it } from 'vitest'
import { LayerProgress } from './progress.ts'

describe('the progress of a pull', () => {
  it('is the sum over layers, which never goes back', () => {
    const progress = new LayerProgress()
    progress.add({ status: 'Pulling fs layer', id: 'a' })
    progress.add({ status: 'Pulling fs layer', id: 'b' })
    expect(progress.add({ status: 'Downloading', id: 'a', progressDetail: { current: 10, total: 100 } })).toEqual({
      message: 'downloading, 0 of 2 layers',
      current: 10,
      total: 100,
    })
    progress.add({ status: 'Downloading', id: 'b', progressDetail: { current: 50, total: 50 } })
    expect(progress.add({ status: 'Downloading', id: 'a', progressDetail: { current: 5, total: 100 } })).toBeUndefined()
    expect(progress.add({ status: 'Download complete', id: 'a' })).toMatchObject({ current: 150, total: 150 })
    expect(progress.add({ status: 'Pull complete', id: 'a' })).toMatchObject({ message: 'unpacking, 1 of 2 layers' })
  })

  it('counts a layer the engine has as done', () => {
    expect(new LayerProgress().add({ status: 'Already exists', id: 'a' })).toMatchObject({
      message: 'downloading, 1 of 1 layers',
    })
  })

  it('passes on the digest and the result', () => {
    const progress = new LayerProgress()
    expect(progress.add({ status: 'Digest: sha256:abc' })).toEqual({ message: 'sha256:abc' })
    expect(progress.add({ status: 'Pulling from library/nginx', id: '1.27' })).toBeUndefined()
  })
})
