import type { Style } from '../show/style.ts'
import type { ProgressView } from './view.ts'
import { doing, done, elapsed, isLong, isMinor, resourceTitle, shortReason } from './words.ts'

/** One line for each thing that is over, and for each long one that begins: for logs and pipes. */
export function plainView(write: (text: string) => void, style: Style): ProgressView {
  const began = new Map<string, number>()
  const said = new Map<string, string>()
  const ready = new Set<string>()
  const line = (title: string, text: string) => write(`${title}  ${text}\n`)
  return {
    news(news) {
      const { step, at } = news
      const title = style.bold(resourceTitle(step.resource))
      switch (news.kind) {
        case 'started':
          began.set(step.id, at)
          if (isLong(step)) line(title, doing(step))
          break
        case 'progress': {
          // Numbers move too fast for lines; words are told when they change.
          const { line: output, message } = news.progress
          if (output !== undefined) line(title, style.dim(output))
          else if (message !== undefined && tells(step.action) && said.get(step.id) !== message) line(title, message)
          if (message !== undefined) said.set(step.id, message)
          break
        }
        case 'done':
          if (step.action === 'gate') ready.add(title)
          // After its gate, what is stopped and removed is what it replaced.
          if (!isMinor(step)) {
            const old = ready.has(title) && step.action !== 'gate' ? 'old one ' : ''
            line(title, `${style.green(`${old}${done(step).replace(/^old one /, '')}`)}${took(began.get(step.id), at)}`)
          }
          break
        case 'failed':
          line(title, `${style.red(`${doing(step)} failed`)}: ${shortReason(news.reason)}`)
          break
      }
    },
    note: (text) => write(`${text}\n`),
    close: () => {},
  }
}

/** Told when somebody may have waited for it. */
function took(began: number | undefined, at: number): string {
  return began === undefined || at - began < 500 ? '' : ` after ${elapsed(at - began)}`
}

/** What it waits for is the news of a gate; that it was begun is none. */
function tells(action: string): boolean {
  return action === 'gate' || action === 'pull' || action === 'build'
}
