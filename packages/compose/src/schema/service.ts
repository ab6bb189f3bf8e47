import Type from 'typebox'
import { Build } from './build.ts'
import { containerProperties } from './container.ts'
import { Deploy } from './deploy.ts'
import {
  as,
  either,
  element,
  flag,
  integer,
  ListOfStrings,
  list,
  named,
  scalar,
  shared,
  text,
  uniqueWords,
  word,
} from './forms.ts'
import { Develop, Healthcheck, Hook } from './lifecycle.ts'

const workloadProperties = {
  build: Build,
  depends_on: either(
    'Services that come first: a list of names, or a mapping with conditions.',
    ListOfStrings,
    named(
      'Services, and what is waited for.',
      element(
        {
          restart: flag('Restart this service when the other one is updated.'),
          required: Type.Boolean({
            default: true,
            description: 'Whether it is an error when the other one is absent.',
          }),
        },
        {
          required: {
            condition: word(
              'What is waited for: running, healthy, or ended with exit code 0.',
              'service_started',
              'service_healthy',
              'service_completed_successfully',
            ),
          },
        },
      ),
    ),
  ),
  healthcheck: Healthcheck,
  ports: list(
    'Ports reached from outside.',
    either(
      '`[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]`, or all settings.',
      Type.Number(),
      Type.String(),
      element({
        name: text('A name for this port.'),
        mode: text('`ingress` or `host` (swarm).'),
        host_ip: text('Address of the host to listen on.'),
        target: integer('Port in the container.'),
        published: scalar('Port of the host, or a range. Any free one when absent.', 'string', 'integer'),
        protocol: text('`tcp` or `udp`.'),
        app_protocol: text('What is spoken there, such as `http`.'),
      }),
    ),
    { unique: true },
  ),
  expose: list('Ports that other services reach.', scalar('Port or range.', 'string', 'number'), { unique: true }),
  stdin_open: flag('Keep the input open.'),
  tty: flag('Give it a terminal.'),
}

const PreStart = shared(
  'pre_start_hook',
  element(
    { ...containerProperties, per_replica: flag('Run it for each container of the service.') },
    { description: 'A container run to its end before the service starts.' },
  ),
)

const option = (description: string) => scalar(description, 'string', 'number', 'boolean')

export const Service = shared(
  'service',
  element(
    {
      ...containerProperties,
      ...workloadProperties,
      deploy: Deploy,
      develop: Develop,
      profiles: as(ListOfStrings, 'The service is left out unless one of these profiles is on.'),
      restart: text('When the engine starts it again: `no`, `always`, `on-failure[:N]` or `unless-stopped`.'),
      scale: integer('How many containers.'),
      attach: flag('Whether its output is shown by default.'),
      container_name: Type.String({
        description: 'Fixed name of the container. The service cannot be scaled then.',
        pattern: '[a-zA-Z0-9][a-zA-Z0-9_.-]+',
      }),
      provider: element(
        {
          options: named(
            'Options handed to the provider.',
            either('A value, or several.', option('Value.'), list('Values.', option('Value.'))),
            { pattern: '^.+$', open: true },
          ),
        },
        {
          description: 'A program outside that makes the service, in the place of a container.',
          required: { type: text('Name of the program.') },
        },
      ),
      extends: either(
        'A service to start from: its name, or name and file.',
        text('Name of a service in this file.'),
        element(
          { file: text('File that has it. This one when absent.') },
          { required: { service: text('Name of the service.') }, extensible: false },
        ),
      ),
      links: uniqueWords('Services to reach under another name: `SERVICE[:ALIAS]`.'),
      external_links: uniqueWords('Containers outside the project to reach: `CONTAINER[:ALIAS]`.'),
      pre_start: list('Containers run to their end before the service starts.', PreStart),
      post_start: list('Commands run in the container after it has started.', Hook),
      pre_stop: list('Commands run in the container before it is stopped.', Hook),
    },
    { description: 'Containers made from one image with the same settings.' },
  ),
)

const Schedule = shared(
  'schedule',
  element(
    {
      timezone: text('Time zone of the expression, such as `Europe/Paris`.'),
      concurrency: word('What happens when the last run has not ended.', 'forbid', 'queue'),
      missed_fires: word('What happens with runs that were missed.', 'one', 'skip'),
    },
    { required: { cron: text('When, as a crontab expression.') }, description: 'When a job runs.' },
  ),
)

const triggers = {
  manual: flag('Whether it may be run by hand.'),
  schedule: list('When it runs by itself.', either('A crontab expression, or all settings.', Type.String(), Schedule)),
}

export const Job = shared(
  'job',
  element(
    {
      ...containerProperties,
      ...workloadProperties,
      profiles: as(ListOfStrings, 'The job is left out unless one of these profiles is on.'),
    },
    {
      description: 'A container run to its end, by hand or on a schedule.',
      required: {
        triggers: Type.Unsafe<{ manual?: boolean | string; schedule?: unknown[] }>({
          ...element(triggers, { description: 'What starts the job.' }),
          anyOf: [{ required: ['manual'] }, { required: ['schedule'] }],
        }),
      },
    },
  ),
)
