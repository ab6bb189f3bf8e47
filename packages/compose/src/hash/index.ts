export { networkHash, serviceHash, serviceHashOf226, volumeHash } from './config-hash.ts'
export {
  API_SOCKET_CONFIG,
  withApiSocket,
  withDefaultPlatform,
  withImageMounts,
  withResolvedReferences,
} from './created-service.ts'
export { printModel } from './print-model.ts'
export { sha256 } from './sha256.ts'
