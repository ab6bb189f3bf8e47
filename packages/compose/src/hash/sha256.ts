/**
 * SHA-256 (FIPS 180-4) of a text in UTF-8, as 64 hexadecimal digits. Our own because it must run at once in a browser,
 * where the built-in one is asynchronous, and because loading node:crypto takes longer than hashing a whole project.
 */
export function sha256(message: string): string {
  const state = Int32Array.from(INITIAL)
  const schedule = new Int32Array(64)
  const bytes = padded(new TextEncoder().encode(message))
  const view = new DataView(bytes.buffer)
  for (let offset = 0; offset < bytes.length; offset += 64) compress(state, schedule, view, offset)
  let digest = ''
  for (const word of state) digest += (word >>> 0).toString(16).padStart(8, '0')
  return digest
}

/**
 * Fractional parts of the square roots of the first 8 primes, and of the cube roots of the first 64 (section 5.3.3 and
 * 4.2.2). Written out: working them out would be paid for at each start.
 */
// biome-ignore format: a table
const INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]
// biome-ignore format: a table
const ROUND = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)

/** A one bit, zeros, and the length in bits as 64 bits (section 5.1.1). */
function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((((message.length + 8) >> 6) + 1) << 6)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 8, Math.floor(message.length / 2 ** 29))
  view.setUint32(bytes.length - 4, message.length << 3)
  return bytes
}

const rotated = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits))

function compress(state: Int32Array, w: Int32Array, view: DataView, offset: number): void {
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(offset + t * 4)
  for (let t = 16; t < 64; t++) {
    const w15 = w[t - 15] ?? 0
    const w2 = w[t - 2] ?? 0
    const small0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3)
    const small1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10)
    w[t] = ((w[t - 16] ?? 0) + small0 + (w[t - 7] ?? 0) + small1) | 0
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let t = 0; t < 64; t++) {
    const big1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const chosen = (e & f) ^ (~e & g)
    const one = (h + big1 + chosen + (ROUND[t] ?? 0) + (w[t] ?? 0)) | 0
    const big0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + big0 + majority) | 0
  }
  const after = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = ((state[i] ?? 0) + (after[i] ?? 0)) | 0
}
