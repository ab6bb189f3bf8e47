import { describe, expect, it } from 'vitest'
import { bundleNames, readAnswers } from '../../test/bundle.ts'
import type { Project } from '../model/index.ts'
import { printModel } from './print-model.ts'

describe('printModel', () => {
  it('prints what Docker Compose prints, whatever the order of keys in the model', () => {
    const project: Project = {
      name: 'shop',
      services: {
        web: {
          image: 'a',
          environment: { Z: '<1>', A: null },
          deploy: { placement: {}, resources: { limits: { cpus: 0.5 } } },
          entrypoint: null,
          command: ['x', 'y'],
          ports: [{ protocol: 'tcp', target: 80, mode: 'ingress' }],
          restart: 'always',
          'x-windflow': { kept: 'in the model' },
        },
      },
      networks: { default: { ipam: {}, name: 'shop_default' } },
      volumes: {},
      models: { llm: { model: 'ai/x' } },
      'x-top': { b: [1, 2.5, null, true], a: {} },
    }
    expect(printModel(project)).toBe(`{
  "name": "shop",
  "networks": {
    "default": {
      "name": "shop_default",
      "ipam": {}
    }
  },
  "services": {
    "web": {
      "deploy": {
        "resources": {
          "limits": {
            "cpus": 0.5
          }
        },
        "placement": {}
      },
      "restart": "always",
      "command": [
        "x",
        "y"
      ],
      "entrypoint": null,
      "environment": {
        "A": null,
        "Z": "\\u003c1\\u003e"
      },
      "image": "a",
      "ports": [
        {
          "mode": "ingress",
          "target": 80,
          "protocol": "tcp"
        }
      ]
    }
  },
  "x-top": {
    "a": {},
    "b": [
      1,
      2.5,
      null,
      true
    ]
  }
}`)
  })

  it('keeps the order and the escapes of everything Docker Compose has printed', () => {
    for (const bundle of bundleNames()) {
      for (const [name, answer] of Object.entries(readAnswers(bundle))) {
        if ('error' in answer) continue
        const project: Project = JSON.parse(JSON.stringify(answer.model))
        expect(printModel(project), `${bundle}: ${name}`).toBe(asGoPrints(answer.model))
      }
    }
  })
})

/** A recorded answer as it was printed; parsing has kept the order of its keys. */
function asGoPrints(model: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(model, null, 2).replace(/[<>&\u2028\u2029]/g, escaped)
}
