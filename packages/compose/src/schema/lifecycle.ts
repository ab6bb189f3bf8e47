import Type from 'typebox'
import {
  as,
  Command,
  either,
  element,
  flag,
  ListOrMapping,
  list,
  number,
  StringOrList,
  shared,
  text,
  word,
  words,
} from './forms.ts'

export const Hook = shared(
  'service_hook',
  element(
    {
      user: text('User who runs it.'),
      privileged: flag('Run it with all rights.'),
      working_dir: text('Folder it starts in.'),
      environment: as(ListOrMapping, 'Variables of the command.'),
    },
    { description: 'A command run inside the container.', required: { command: as(Command, 'What to run.') } },
  ),
)

export const Healthcheck = shared(
  'healthcheck',
  element(
    {
      disable: flag('Ignore the health check of the image.'),
      interval: text('Time between two checks, such as `30s`.'),
      retries: number('How many failures in a row make it unhealthy.'),
      test: either(
        'What to run: a line for the shell, or a list that begins with `CMD`, `CMD-SHELL` or `NONE`.',
        Type.String(),
        words('`CMD` and the words, `CMD-SHELL` and a line, or `NONE`.'),
      ),
      timeout: text('How long one check may take.'),
      start_period: text('Time after the start in which failures do not count.'),
      start_interval: text('Time between two checks during the start period.'),
    },
    { description: 'How the engine finds out whether the container works.' },
  ),
)

export const Develop = shared(
  'development',
  element(
    {
      watch: list(
        'What happens when files change.',
        element(
          {
            ignore: as(StringOrList, 'Patterns of files that do not matter.'),
            include: as(StringOrList, 'Patterns of files that matter; the others do not.'),
            target: text('Path in the container that gets the changed files.'),
            exec: as(Hook, 'Command to run after the files were copied.'),
            initial_sync: Type.Boolean({ description: 'Copy everything once at the start.' }),
          },
          {
            required: {
              path: text('Folder or file to watch.'),
              action: word('What to do.', 'rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
            },
          },
        ),
      ),
    },
    { description: 'How the service follows changes while one works on it.', nullable: true },
  ),
)
