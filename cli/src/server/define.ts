import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import type { Action } from './main.ts'
import { SERVER_COMMANDS } from './names.ts'

type Options = Readonly<Record<string, string | boolean | string[] | undefined>>

/**
 * The grammar of the server commands.
 * @param choose told the action of the command that was asked for
 */
export function defineCommands(program: Command, context: CommandContext, choose: (action: Action) => void): void {
  const top = (name: string, operands = ''): Command =>
    program
      .command(operands === '' ? name : `${name} ${operands}`)
      .description(SERVER_COMMANDS[name] ?? '')
      .helpCommand(false)
      .allowExcessArguments(false)
  const remote = (command: Command): Command =>
    command
      .option('--server <url>', 'Server to talk to; WINDFLOW_URL, or the one signed in to, when absent')
      .option('--organization <slug>', 'Organization meant, for members of several; WINDFLOW_ORGANIZATION')
      .option('--json', 'Print results as JSON')
  /** A command that talks to the server: operands and options go to `act`. */
  const talks = (command: Command, act: (operands: readonly string[], options: Options) => Promise<number>): Command =>
    remote(command).action(() => choose(() => act(command.args, command.opts())))

  top('serve').action(() => choose(async () => (await import('./serve.ts')).serve(context)))
  talks(
    top('login').option(
      '--email <address>',
      'Account; asked for when absent. The password is asked for, or read from standard input',
    ),
    async (_, options) => (await import('./login.ts')).login(context, options),
  )
  talks(top('logout'), async (_, options) => (await import('./login.ts')).logout(context, options))
  talks(top('whoami'), async (_, options) => (await import('./login.ts')).whoami(context, options))

  const target = top('target')
  talks(target.command('list').description('Targets and their state'), async (_, options) =>
    (await import('./target.ts')).listTargets(context, options),
  )
  talks(target.command('show <target>').description('One target'), async ([name = ''], options) =>
    (await import('./target.ts')).showTarget(context, options, name),
  )
  talks(
    target
      .command('add <name>')
      .description('Add an engine reached by TLS or SSH')
      .requiredOption('--url <url>', 'tls://host:port or ssh://user@host[:port]')
      .option('--ca <file>', 'Certificate authority of the engine (TLS)')
      .option('--cert <file>', 'Client certificate (TLS)')
      .option('--key <file>', 'Client key (TLS), or private key (SSH)')
      .option('--host-key <key>', 'Host key to accept (SSH): a line of a .pub file, or SHA256:...')
      .option('--concurrency <number>', 'Operations at the same time', '4'),
    async ([name = ''], options) => (await import('./target.ts')).addTarget(context, options, name),
  )
  talks(
    target.command('remove <target>').description('Remove a target nothing is deployed on'),
    async ([name = ''], options) => (await import('./target.ts')).removeTarget(context, options, name),
  )

  const files = (command: Command): Command =>
    command
      .option('-f, --file <file...>', 'Compose files, each over the one before; compose.yaml of the folder when absent')
      .option('--folder <folder>', 'Folder with all files of the stack', '.')
      .option('--variables <file>', 'JSON list of typed variables')
  const stack = top('stack')
  talks(stack.command('list').description('Stacks'), async (_, options) =>
    (await import('./stack.ts')).listStacks(context, options),
  )
  talks(stack.command('show <stack>').description('A stack and its newest version'), async ([name = ''], options) =>
    (await import('./stack.ts')).showStack(context, options, name),
  )
  talks(
    files(stack.command('create <name>').description('Create a stack from the files of a folder')),
    async ([name = ''], options) => (await import('./stack.ts')).createStack(context, options, name),
  )
  talks(
    files(stack.command('update <stack>').description('Add a version from the files of a folder')).option(
      '--note <text>',
      'What is new',
      '',
    ),
    async ([name = ''], options) => (await import('./stack.ts')).updateStack(context, options, name),
  )
  talks(
    files(stack.command('check').description('Check the files of a folder without storing them')),
    async (_, options) => (await import('./stack.ts')).checkStack(context, options),
  )
  talks(
    stack.command('delete <stack>').description('Delete a stack without deployments'),
    async ([name = ''], options) => (await import('./stack.ts')).deleteStack(context, options, name),
  )

  const variables = (command: Command): Command =>
    command
      .option('--set <name=value...>', 'Value of a variable; secret://NAME for a secret')
      .option('--version <number>', 'Version of the stack')
      .option('--profile <name...>', 'Active profiles')
      .option('--approval', 'Every change waits for approval')
  const deployment = top('deployment')
  talks(deployment.command('list').description('Deployments'), async (_, options) =>
    (await import('./deployment.ts')).listDeployments(context, options),
  )
  talks(deployment.command('show <deployment>').description('One deployment'), async ([name = ''], options) =>
    (await import('./deployment.ts')).showDeployment(context, options, name),
  )
  talks(
    variables(deployment.command('create <name>').description('Prepare a deployment of a stack on a target'))
      .requiredOption('--stack <stack>', 'Stack to deploy')
      .requiredOption('--target <target>', 'Where to')
      .option('--project <name>', 'Compose project name; that of the deployment when absent'),
    async ([name = ''], options) => (await import('./deployment.ts')).createDeployment(context, options, name),
  )
  talks(
    variables(deployment.command('update <deployment>').description('Change version, variables or options')),
    async ([name = ''], options) => (await import('./deployment.ts')).updateDeployment(context, options, name),
  )
  talks(
    deployment.command('delete <deployment>').description('Forget a destroyed deployment'),
    async ([name = ''], options) => (await import('./deployment.ts')).deleteDeployment(context, options, name),
  )

  const waits = (command: Command): Command =>
    command
      .option('--no-wait', 'Return at once with the operation')
      .option('--reason <text>', 'Shown in the history', '')
  talks(
    waits(top('deploy', '<deployment>'))
      .option('--pull <when>', 'always, missing, never, or policy')
      .option('--force-recreate', 'Replace containers that are as they should be, too')
      .option('--no-gate', 'Do not wait for health')
      .option('--accept-data-loss', 'Agree to the loss of data the plan says'),
    async ([name = ''], options) => (await import('./operate.ts')).deploy(context, options, name),
  )
  talks(waits(top('rollback', '<deployment> <release>')), async ([name = '', release = ''], options) =>
    (await import('./operate.ts')).rollback(context, options, name, release),
  )
  for (const kind of ['stop', 'start', 'restart'] as const) {
    talks(waits(top(kind, '<deployment> [services...]')), async ([name = '', ...services], options) =>
      (await import('./operate.ts')).lifecycle(context, options, kind, name, services),
    )
  }
  talks(
    waits(top('destroy', '<deployment>'))
      .option('--volumes', 'Delete its volumes, with their data')
      .requiredOption('--confirm <name>', 'The name of the deployment again'),
    async ([name = ''], options) => (await import('./operate.ts')).destroy(context, options, name),
  )

  const release = top('release')
  talks(release.command('list <deployment>').description('Releases, newest first'), async ([name = ''], options) =>
    (await import('./deployment.ts')).listReleases(context, options, name),
  )
  talks(
    release.command('show <deployment> <release>').description('A release with its model'),
    async ([name = '', number = ''], options) =>
      (await import('./deployment.ts')).showRelease(context, options, name, number),
  )

  const operation = top('operation')
  talks(
    operation
      .command('list')
      .description('Operations, newest first')
      .option('--deployment <name>', 'Of one deployment')
      .option('--live', 'Only those that have not ended'),
    async (_, options) => (await import('./operation.ts')).listOperations(context, options),
  )
  talks(
    operation.command('show <operation>').description('An operation with its plan and steps'),
    async ([id = ''], options) => (await import('./operation.ts')).showOperation(context, options, id),
  )
  talks(operation.command('follow <operation>').description('Follow its log to its end'), async ([id = ''], options) =>
    (await import('./operation.ts')).followOperation(context, options, id),
  )
  talks(
    operation.command('cancel <operation>').description('End it; what it has changed is put back'),
    async ([id = ''], options) => (await import('./operation.ts')).cancelOperation(context, options, id),
  )
  talks(
    operation
      .command('approve <operation>')
      .description('Let the plan that is shown be carried out')
      .option('--fingerprint <text>', 'Of the plan that was looked at; the one shown now when absent')
      .option('--no-wait', 'Return at once'),
    async ([id = ''], options) => (await import('./operation.ts')).approveOperation(context, options, id),
  )

  const secret = top('secret')
  talks(secret.command('list').description('Names of secrets'), async (_, options) =>
    (await import('./secret.ts')).listSecrets(context, options),
  )
  talks(
    secret
      .command('create <name>')
      .description('Create a secret; its value is asked for, or read from standard input')
      .option('--description <text>', '', ''),
    async ([name = ''], options) => (await import('./secret.ts')).createSecret(context, options, name),
  )
  talks(
    secret
      .command('set <secret>')
      .description('Give a secret a new value; deployments take it with their next release'),
    async ([name = ''], options) => (await import('./secret.ts')).setSecret(context, options, name),
  )
  talks(secret.command('delete <secret>').description('Delete a secret nobody uses'), async ([name = ''], options) =>
    (await import('./secret.ts')).deleteSecret(context, options, name),
  )

  talks(top('events').option('--after <number>', 'Begin after this event; now when absent'), async (_, options) =>
    (await import('./events.ts')).events(context, options),
  )

  const user = top('user')
  user
    .command('reset-password <email>')
    .description("On the server's host: set a password, asked for or read from standard input")
    .action((email: string) => choose(async () => (await import('./host.ts')).resetPassword(context, email)))
  top('backup', '<file>').action((file: string) =>
    choose(async () => (await import('./host.ts')).backup(context, file)),
  )
  top('restore', '<file>').action((file: string) =>
    choose(async () => (await import('./host.ts')).restore(context, file)),
  )
  const audit = top('audit')
  talks(
    audit.command('list').description('Who did what, newest first').option('--limit <number>', '', '50'),
    async (_, options) => (await import('./events.ts')).auditTrail(context, options),
  )
  audit
    .command('verify')
    .description("On the server's host: whether every chain is as it was written")
    .option('--json', 'Print results as JSON')
    .action((options: { json?: boolean }) =>
      choose(async () => (await import('./host.ts')).verifyAudit(context, options.json === true)),
    )
}
