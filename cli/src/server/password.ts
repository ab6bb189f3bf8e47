import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'

/** Reads standard input to its end: the way a program gives a password. */
export async function readAll(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

/** Asks on the terminal; a secret answer is not shown. Without a terminal, a secret comes from standard input. */
export async function ask(context: CommandContext, question: string, secret: boolean): Promise<string> {
  if (!context.streams.inIsTerminal) {
    if (secret) return readAll()
    throw new EngineError('cli/no-terminal', `there is nobody to ask: ${question}`, {
      class: 'user',
      hint: 'give it as an option',
    })
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  process.stderr.write(`${question}: `)
  const reader = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    if (secret) process.stderr.write('\n')
  }
}
