/** The only door of the core for extensions. What is not exported here may change without notice. */
export type { Disposal } from './disposal.ts'
export { BootError, DomainError, type ErrorKind, type FieldProblem } from './errors.ts'
export { defineExtension, type Extension, type ExtensionContext, type Manifest } from './extension.ts'
export type { Logger } from './log.ts'
export type * from './points.ts'
export { defineService, type ServiceToken } from './service.ts'
