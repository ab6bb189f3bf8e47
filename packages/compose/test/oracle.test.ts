import { describe, expect, it } from 'vitest'
import { answer } from './answer.ts'
import { bundleNames, readAnswers, readBundle } from './bundle.ts'

for (const bundle of bundleNames()) {
  const answers = readAnswers(bundle)
  describe(`${bundle}: the answer is that of Docker Compose 5.6`, () => {
    for (const one of readBundle(bundle)) {
      it(one.name, () => {
        const expected = answers[one.name]
        const { model, diagnostics } = answer(one)
        if (expected === undefined) throw new Error(`no answer is recorded: run test/record.ts ${bundle}`)
        if ('error' in expected) {
          expect(model, `should be refused: ${expected.error}`).toBeUndefined()
          expect(diagnostics.filter(({ severity }) => severity === 'error')).not.toEqual([])
        } else expect(model, diagnostics.map(({ message }) => message).join('\n')).toEqual(expected.model)
      })
    }
  })
}
