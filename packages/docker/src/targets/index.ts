export { connect, openDialer } from './connect.ts'
export { resolveTarget, type TargetChoice, type TargetEnvironment } from './resolve.ts'
export type { SshOptions, TargetAddress, TlsOptions } from './target.ts'
export { unixDialer } from './unix.ts'
