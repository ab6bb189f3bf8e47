export { buildImage } from './build.ts'
export type { BuildRequest } from './build-request.ts'
export { dockerCredentials, NO_CREDENTIALS } from './credentials.ts'
export { pulledDigest, pullImage, registryDigest } from './pull.ts'
