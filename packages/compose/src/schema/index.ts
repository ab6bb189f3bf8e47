export { nearest } from './nearest.ts'
export { describePlace, describeViolation } from './place.ts'
export { type Path, type Violation, validate } from './validate.ts'
