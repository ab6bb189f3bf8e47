import type { ExecSession } from '@windflow/engine'

/**
 * Joins this process's terminal (or pipes) to a session until it ends. With `tty` the terminal is raw meanwhile: keys,
 * Ctrl-C included, belong to the program at the other end, and its size follows.
 * @returns the exit code of the program
 */
export async function joinTerminal(session: ExecSession, options: { readonly tty: boolean }): Promise<number> {
  const { stdin, stdout, stderr } = process
  const raw = options.tty && stdin.isTTY
  const resize = () => {
    if (stdout.columns && stdout.rows) session.resize(stdout.columns, stdout.rows).catch(() => {})
  }
  if (raw) stdin.setRawMode(true)
  if (options.tty && stdout.isTTY) {
    resize()
    stdout.on('resize', resize)
  }
  const input = pumpInput(session)
  try {
    await Promise.all([drain(session.stdout, stdout), drain(session.stderr, stderr)])
    return await session.exit
  } finally {
    input.stop()
    stdout.off('resize', resize)
    if (raw) stdin.setRawMode(false)
  }
}

function pumpInput(session: ExecSession): { stop(): void } {
  const { stdin } = process
  const writer = session.stdin.getWriter()
  const ignore = () => {}
  const onData = (chunk: Buffer) => {
    stdin.pause()
    writer.write(chunk).then(() => stdin.resume(), ignore)
  }
  const onEnd = () => void writer.close().catch(ignore)
  stdin.on('data', onData)
  stdin.once('end', onEnd)
  return {
    stop() {
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      stdin.pause()
    },
  }
}

async function drain(from: ReadableStream<Uint8Array>, to: NodeJS.WriteStream): Promise<void> {
  for await (const chunk of from) {
    if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve))
  }
}
