import { createHash, randomBytes } from 'node:crypto'
import { SignJWT } from 'jose/jwt/sign'
import { jwtVerify } from 'jose/jwt/verify'
import type { Keyring } from '../secrets/keyring.ts'

/** A random credential that is shown once, and the hash under which it is found again. */
export function newCredential(prefix: string): { readonly text: string; readonly hash: Buffer } {
  const text = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { text, hash: credentialHash(text) }
}

/** 256 random bits need no slow hash. */
export function credentialHash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

export const ACCESS_SECONDS = 600

const ISSUER = 'windflow'

/** Short-lived proof of a session (RFC 7519). Signed with a key of the ring; an older key still verifies. */
export class AccessTokens {
  readonly #keyring: Keyring
  constructor(keyring: Keyring) {
    this.#keyring = keyring
  }

  async issue(session: string): Promise<string> {
    const { current } = this.#keyring
    return new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: current })
      .setIssuer(ISSUER)
      .setSubject(session)
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_SECONDS}s`)
      .sign(this.#keyring.derive(current, 'access tokens'))
  }

  /** The session it is for, or `undefined` when it is not valid (any more). */
  async verify(token: string): Promise<string | undefined> {
    try {
      const key = ({ kid }: { kid?: string }) => this.#keyring.derive(kid ?? '', 'access tokens')
      const { payload } = await jwtVerify(token, key, { issuer: ISSUER, algorithms: ['HS256'] })
      return payload.sub
    } catch {
      return undefined
    }
  }
}
