export * from './driver.ts'
export * from './errors.ts'
export * from './plan.ts'
export * from './resource.ts'
