import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const EXAMPLE = `name: warm
services:
  web:
    image: web:\${TAG:-1}
    command: ["serve", "--port", "80"]
    environment: { A: "1", B: null }
    ports: ["8080:80"]
    volumes: ["data:/data", "./:/src:ro"]
    depends_on: { db: { condition: service_healthy } }
    deploy: { resources: { limits: { memory: 64M } } }
  db:
    image: db:1
    env_file: [{ path: db.env, required: false }]
    healthcheck: { test: ["CMD", "true"], interval: 5s }
    networks: { back: { aliases: [store] } }
networks: { back: {} }
volumes: { data: {} }
`

/**
 * Runs what is used most, once, so that its compiled code is there at the first start. Nothing here reaches an engine:
 * the address is one where none can be.
 */
export async function warm(launcher: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-warm-'))
  try {
    await writeFile(join(folder, 'compose.yaml'), EXAMPLE)
    const { NODE_COMPILE_CACHE: _, ...env } = process.env
    // The longest way through the code first: what is compiled on the first run is what is kept.
    for (const words of [
      ['compose', 'up', '-d'],
      ['compose', 'config'],
      ['compose', 'config', '--format', 'json'],
      ['compose', 'ps'],
      ['--version'],
    ]) {
      spawnSync(launcher, words, {
        cwd: folder,
        env: { ...env, DOCKER_HOST: `unix://${join(folder, 'no-engine.sock')}`, XDG_STATE_HOME: folder },
        stdio: 'ignore',
        timeout: 20_000,
      })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
