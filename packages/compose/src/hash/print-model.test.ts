import { describe, expect, it } from 'vitest'
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
})
