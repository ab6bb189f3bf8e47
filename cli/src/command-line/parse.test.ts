import { describe, expect, it } from 'vitest'
import recorded from '../../test/recorded/docker-compose-5.6.json' with { type: 'json' }
import { COMMANDS, type CommandEntry, REFUSED_COMMANDS } from './commands.ts'
import { type Flag, isRefused } from './flag.ts'
import { GLOBAL_FLAGS } from './global-flags.ts'
import { parseCommandLine } from './parse.ts'

const entries: Readonly<Record<string, CommandEntry>> = COMMANDS

function run(...argv: string[]) {
  const parsed = parseCommandLine(['compose', ...argv], '1.2.3')
  if (parsed.kind !== 'run') throw new Error('help was printed')
  return parsed.invocation
}

function text(...argv: string[]): string {
  const parsed = parseCommandLine(argv, '1.2.3')
  return parsed.kind === 'text' ? parsed.text : ''
}

function flagsOf(command: string): readonly Flag[] {
  if (command === '') return GLOBAL_FLAGS
  return [...(entries[command]?.flags ?? []), ...GLOBAL_FLAGS.filter((flag) => flag.name === 'dry-run')]
}

// Recorded from `docker compose COMMAND --help`, version 5.6.0.
const flags: Readonly<Record<string, readonly { name: string; short?: string; value: boolean }[]>> = recorded.flags
const cases = Object.entries(flags).flatMap(([command, list]) => list.map((flag) => ({ ...flag, command })))

describe('every flag of docker compose 5.6', () => {
  it.each(cases)(
    '$command --$name is supported, or refused by its name with a reason',
    ({ command, name, short, value }) => {
      const flag = flagsOf(command).find((known) => known.name === name)
      expect(flag).toBeDefined()
      if (!flag) return
      expect(flag.short).toBe(short)
      const words = value ? [`--${name}`, 'x'] : [`--${name}`]
      const argv = command === '' ? [...words, 'config'] : [command, ...words]
      if (isRefused(flag)) {
        expect(flag.refused.length).toBeGreaterThan(20)
        expect(() => run(...argv)).toThrow(
          expect.objectContaining({
            code: 'cli/refused-flag',
            message: expect.stringContaining(`--${name}`),
            hint: flag.refused,
          }),
        )
      } else if (flag.kind !== 'maybe') expect(flag.kind !== 'switch').toBe(value)
    },
  )

  it.each(recorded.commands)('the command %s is there, or refused by its name with what to use instead', (name) => {
    if (Object.hasOwn(COMMANDS, name)) return
    expect(REFUSED_COMMANDS[name]).toBeDefined()
    expect(() => run(name, '--any', 'thing')).toThrow(
      expect.objectContaining({ code: 'cli/refused-command', message: expect.stringContaining(name) }),
    )
  })
})

describe('the command line', () => {
  it('takes global flags before the command and its own after it', () => {
    expect(run('-f', 'a.yaml', '-f', 'b.yaml', '-p', 'shop', 'logs', '-f', '-n', '5', 'web')).toEqual({
      command: 'logs',
      global: { file: ['a.yaml', 'b.yaml'], 'project-name': 'shop' },
      options: { follow: true, tail: '5' },
      operands: ['web'],
    })
  })

  it('takes --attach with and without services', () => {
    expect(run('up', '--attach').options).toEqual({ attach: true })
    expect(run('up', '--attach', 'web', '--attach', 'db').options).toEqual({ attach: ['web', 'db'] })
  })

  it('takes switches with a value, as docker compose does', () => {
    expect(run('up', '--detach=true', '--build=false').options).toEqual({ detach: true })
    expect(run('ps', '--orphans=false').options).toEqual({ 'no-orphans': true })
    expect(run('exec', 'web', 'env', '--detach=false').operands).toEqual(['web', 'env', '--detach=false'])
    expect(run('-f', 'up', 'down', '--volumes=1').options).toEqual({ volumes: true })
  })

  it('leaves the words of the command that exec runs alone', () => {
    expect(run('exec', '-T', '-e', 'A=1', 'web', 'ls', '-la', '--help')).toMatchObject({
      options: { 'no-tty': true, env: ['A=1'] },
      operands: ['web', 'ls', '-la', '--help'],
    })
  })

  it('takes --dry-run before and after the command', () => {
    expect(run('--dry-run', 'up').global).toEqual({ 'dry-run': true })
    expect(run('up', '--dry-run').options).toEqual({ 'dry-run': true })
  })

  it.each([
    [['up', '--nonsense'], /unknown option '--nonsense'/],
    [['upp'], /unknown command 'upp'/],
    [['config', '--format', 'xml'], /one of yaml, json/],
    [['up', '-t', 'soon'], /whole number/],
    [['exec', 'web'], /missing required argument 'command'/],
    [['releases', 'extra'], /too many arguments/],
  ])('refuses %j', (argv, message) => {
    expect(() => run(...argv)).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: expect.stringMatching(message),
        hint: expect.stringContaining('--help'),
      }),
    )
  })

  it('prints help and version', () => {
    expect(text('--version')).toBe('1.2.3\n')
    expect(text('compose', 'up', '--help')).toContain('--no-rollback')
    expect(text('compose', 'up', '--help')).not.toContain('--menu')
    expect(text('compose')).toContain('rollback')
    expect(text()).toContain('compose')
  })
})
