export { type BuildOptions, type BuildRequest, buildImage, builtImageName } from './build.ts'
export {
  type CredentialEnvironment,
  type CredentialSource,
  dockerCredentials,
  NO_CREDENTIALS,
  type RegistryAuth,
} from './credentials.ts'
export { type PullOptions, pulledDigest, pullImage, registryDigest } from './pull.ts'
export { familiarRepository, parseReference, type Reference } from './reference.ts'
