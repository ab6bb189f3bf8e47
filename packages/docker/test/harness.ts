import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { load, networkHash, serviceHash, volumeHash } from '@windflow/compose'
import { nodeSource } from '@windflow/compose/node'
import {
  type Desired,
  deploy,
  destroy,
  type OperationOptions,
  type OperationResult,
  type PlanOptions,
  type StepEvent,
} from '@windflow/engine'
import { onTestFinished } from 'vitest'
import { type CommandResult, mustRun, runCommand } from '../../../scripts/testing/command.ts'
import { type ComposeVersion, composeProgram } from '../../../scripts/testing/tools.ts'
import type { RequestOptions } from '../src/api/client.ts'
import { type ContainerInspect, EngineClient } from '../src/api/index.ts'
import { DockerDriver } from '../src/driver.ts'
import { NO_CREDENTIALS } from '../src/images/credentials.ts'
import { unixDialer } from '../src/targets/unix.ts'

/** A client that remembers what was asked of the engine. */
class RecordingClient extends EngineClient {
  readonly requests: string[] = []

  override json<T>(...args: Parameters<EngineClient['json']>): Promise<T> {
    this.#note(args)
    return super.json<T>(...args)
  }

  override send(...args: Parameters<EngineClient['send']>): Promise<void> {
    this.#note(args)
    return super.send(...args)
  }

  override stream(...args: Parameters<EngineClient['stream']>): ReturnType<EngineClient['stream']> {
    this.#note(args)
    return super.stream(...args)
  }

  override hijack(path: string, options?: RequestOptions): ReturnType<EngineClient['hijack']> {
    this.#note(['POST', path])
    return super.hijack(path, options)
  }

  /** Requests that change something, forgetting them. */
  takeWrites(): string[] {
    return this.requests.splice(0).filter((request) => !/^(GET|HEAD) /.test(request))
  }

  #note([method, path]: readonly [string, string, ...unknown[]]): void {
    this.requests.push(`${method} ${path}`)
  }
}

/** The engine of this test run, and a driver for it. */
export interface Bench {
  readonly client: RecordingClient
  readonly driver: DockerDriver
}

export function openBench(options: { readonly local?: boolean } = {}): Bench {
  const address = process.env.DOCKER_HOST ?? ''
  const client = new RecordingClient(unixDialer(address.replace(/^unix:\/\//, '')))
  const driver = new DockerDriver({
    client,
    credentials: NO_CREDENTIALS,
    local: options.local ?? true,
    environment: {},
    proxies: async () => ({}),
  })
  return { client, driver }
}

/** A project in a folder of its own, for both tools. */
export class TestProject {
  readonly name: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  release = 0

  private constructor(name: string, folder: string, environment: Readonly<Record<string, string>>) {
    this.name = name
    this.folder = folder
    this.environment = environment
  }

  static async create(label: string, environment: Readonly<Record<string, string>> = {}): Promise<TestProject> {
    const folder = await mkdtemp(join(tmpdir(), 'windflow-project-'))
    const unique = folder.slice(-6).toLowerCase()
    return new TestProject(`wf-${label}-${unique}`, folder, environment)
  }

  /** One that goes when the running test ends, however it ends. */
  static async forTest(label: string, environment: Readonly<Record<string, string>> = {}): Promise<TestProject> {
    const project = await TestProject.create(label, environment)
    onTestFinished(() => project.remove())
    return project
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true })
      await writeFile(join(this.folder, path), content)
    }
  }

  /** Writes the Compose file and reads it back as a release to deploy. */
  async define(yaml: string): Promise<Desired> {
    await this.write({ 'compose.yaml': yaml })
    return this.read()
  }

  async read(): Promise<Desired> {
    const { model, diagnostics } = load([join(this.folder, 'compose.yaml')], {
      env: { ...this.environment, COMPOSE_PROJECT_NAME: this.name },
      source: nodeSource(),
      projectDirectory: this.folder,
      projectName: this.name,
    })
    if (!model) throw new Error(JSON.stringify(diagnostics))
    this.release += 1
    return {
      project: this.name,
      model,
      hashes: {
        services: hashes(model.services, serviceHash),
        networks: hashes(model.networks, networkHash),
        volumes: hashes(model.volumes, volumeHash),
      },
      deployment: `test/${this.name}`,
      release: this.release,
      operation: `operation-${this.release}-${Math.random().toString(36).slice(2, 8)}`,
      source: {
        workingDirectory: this.folder,
        configFiles: [join(this.folder, 'compose.yaml')],
        environmentFiles: [],
      },
      environment: this.environment,
    }
  }

  compose(args: readonly string[], version: ComposeVersion = '5.6.0'): Promise<CommandResult> {
    return runCommand(composeProgram(version), ['-p', this.name, ...args], {
      cwd: this.folder,
      env: this.environment,
    })
  }

  async up(args: readonly string[] = [], version: ComposeVersion = '5.6.0'): Promise<string> {
    const result = await this.compose(['up', '-d', ...args], version)
    if (result.code !== 0) throw new Error(`docker compose up failed: ${result.stderr}`)
    return result.stderr
  }

  /** Containers of the project, whoever made them, by name. */
  async containers(): Promise<Record<string, ContainerInspect>> {
    const ids = (await mustRun('docker', ['ps', '-aq', '--no-trunc', '--filter', this.filter])).trim()
    if (ids === '') return {}
    const inspects = JSON.parse(await mustRun('docker', ['inspect', ...ids.split('\n')])) as ContainerInspect[]
    return Object.fromEntries(
      inspects.map((inspect) => [inspect.Name.slice(1), inspect] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  }

  async networks(): Promise<string[]> {
    return lines(await mustRun('docker', ['network', 'ls', '-q', '--no-trunc', '--filter', this.filter]))
  }

  async volumes(): Promise<string[]> {
    return lines(await mustRun('docker', ['volume', 'ls', '-q', '--filter', this.filter]))
  }

  get filter(): string {
    return `label=com.docker.compose.project=${this.name}`
  }

  /** Removes everything of the project, also what a failed test left. */
  async remove(): Promise<void> {
    const ids = lines(await mustRun('docker', ['ps', '-aq', '--filter', this.filter]))
    if (ids.length > 0) await runCommand('docker', ['rm', '-f', '-v', ...ids])
    for (const network of await this.networks()) await runCommand('docker', ['network', 'rm', network])
    for (const volume of await this.volumes()) await runCommand('docker', ['volume', 'rm', '-f', volume])
    await rm(this.folder, { recursive: true, force: true })
  }
}

export interface DeployOptions {
  readonly plan?: PlanOptions
  readonly previous?: Desired
  readonly onEvent?: (event: StepEvent) => void
  readonly operation?: Partial<OperationOptions>
}

export function deployWith(bench: Bench, desired: Desired, options: DeployOptions = {}): Promise<OperationResult> {
  return deploy(
    bench.driver,
    { desired, options: options.plan ?? {}, ...(options.previous && { previous: options.previous }) },
    { ...operationOptions(), ...(options.onEvent && { onEvent: options.onEvent }), ...options.operation },
  )
}

/** Deploys what must succeed. */
export async function mustDeploy(
  bench: Bench,
  desired: Desired,
  options: DeployOptions = {},
): Promise<OperationResult> {
  const result = await deployWith(bench, desired, options)
  if (result.outcome.status !== 'succeeded' && result.outcome.status !== 'unchanged')
    throw new Error(`${result.outcome.status}: ${JSON.stringify(result.outcome.failure ?? result.outcome, null, 1)}`)
  if (result.outcome.warnings.length > 0) throw new Error(JSON.stringify(result.outcome.warnings))
  return result
}

export function destroyWith(bench: Bench, desired: Desired, volumes: boolean): Promise<OperationResult> {
  return destroy(
    bench.driver,
    desired,
    { volumes, removeOrphans: true },
    { ...operationOptions(), ...(volumes && { consent: 'data-loss' as const }) },
  )
}

export function operationOptions(): OperationOptions {
  return { signal: new AbortController().signal, owner: `test (pid ${process.pid})`, waitMs: 60_000 }
}

function hashes<T>(objects: Readonly<Record<string, T>> | undefined, hash: (object: T) => string) {
  return Object.fromEntries(Object.entries(objects ?? {}).map(([name, object]) => [name, hash(object)]))
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
