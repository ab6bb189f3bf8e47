export { describeViolation } from './place.ts'
export { validate } from './validate.ts'
