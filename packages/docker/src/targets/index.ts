export { connect } from './connect.ts'
export { resolveTarget } from './resolve.ts'
export type { SshOptions, TlsOptions } from './target.ts'
