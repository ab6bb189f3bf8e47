const BLOCK = 512

export interface TarOwner {
  readonly uid: number
  readonly gid: number
  /** Permission bits. */
  readonly mode: number
}

/**
 * A tar archive of one file (POSIX ustar; a name that does not fit gets a GNU long name). Small enough to be made in
 * memory: a secret has no business on a disk.
 */
export function singleFileTar(path: string, content: Uint8Array, owner: TarOwner): Uint8Array {
  const name = Buffer.from(path.replace(/^\/+/, ''))
  const parts: Uint8Array[] = []
  if (name.length > 100) {
    const long = Buffer.concat([name, Buffer.alloc(1)])
    parts.push(header(Buffer.from('././@LongLink'), 'L', long.length, { uid: 0, gid: 0, mode: 0o644 }), padded(long))
  }
  parts.push(header(name.subarray(0, 100), '0', content.length, owner), padded(content), Buffer.alloc(2 * BLOCK))
  return Buffer.concat(parts)
}

function header(name: Uint8Array, type: string, size: number, owner: TarOwner): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  block.set(name, 0)
  octal(block, owner.mode, 100, 8)
  octal(block, owner.uid, 108, 8)
  octal(block, owner.gid, 116, 8)
  octal(block, size, 124, 12)
  octal(block, Math.floor(Date.now() / 1000), 136, 12)
  block.write(' '.repeat(8), 148, 'ascii')
  block.write(type, 156, 'ascii')
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\x00 `, 148, 'latin1')
  return block
}

function octal(block: Buffer, value: number, offset: number, length: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\x00`, offset, 'latin1')
}

function padded(content: Uint8Array): Uint8Array {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)])
}
