import { EngineError } from '@windflow/engine/errors'

/** The command line asks for something there is not. Shown as it is, exit code 1, nothing touched. */
export class UsageError extends EngineError {
  constructor(code: string, message: string, hint?: string) {
    super(code, message, { class: 'user', ...(hint !== undefined && { hint }) })
    this.name = 'UsageError'
  }
}
