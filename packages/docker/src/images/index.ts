export { type BuildRequest, buildImage } from './build.ts'
export { dockerCredentials, NO_CREDENTIALS } from './credentials.ts'
export { pulledDigest, pullImage, registryDigest } from './pull.ts'
