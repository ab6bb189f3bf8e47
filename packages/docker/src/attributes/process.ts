import type { Healthcheck } from '@windflow/compose'
import { EngineError } from '@windflow/engine'
import { type BodyContext, type Field, imageValue, isRecord, knows, strings, text, value } from './field.ts'
import { compact, durationText, entries, isUnset, mapOf, nanoseconds } from './values.ts'

/** What runs in the container, and how it is started, watched and stopped. */
export const processFields: readonly Field[] = [
  value('image', 'Config.Image', (_service, context) => context.image),
  imageValue('command', 'Config.Cmd', (service) => service.command ?? undefined),
  imageValue('entrypoint', 'Config.Entrypoint', (service) => service.entrypoint ?? undefined),
  value(
    'environment',
    'Config.Env',
    (service, context) => {
      const variables = { ...context.proxies, ...service.environment }
      return Object.keys(variables).length === 0 ? undefined : entries(variables)
    },
    { normal: (found, view) => without(mapOf(strings(found)), mapOf(strings(view.image.Env))) },
  ),
  value('labels', 'Config.Labels', (service, context) => ({ ...service.labels, ...context.labels }), {
    normal: (found, view) => {
      const own = isRecord(found) ? found : {}
      const written = Object.entries(own).filter(([name]) => !/^(com\.docker\.compose|windflow)\./.test(name))
      return without(Object.fromEntries(written), isRecord(view.image.Labels) ? view.image.Labels : {})
    },
  }),
  value('annotations', 'HostConfig.Annotations', (service, context) =>
    // An older engine would drop it, and the container would never look as it should.
    knows(context, '1.43') ? service.annotations : undefined,
  ),
  imageValue('user', 'Config.User', (service) => service.user),
  imageValue('working_dir', 'Config.WorkingDir', (service) => service.working_dir),
  value('group_add', 'HostConfig.GroupAdd', (service) => service.group_add),
  value('tty', 'Config.Tty', (service) => service.tty ?? false),
  value('stdin_open', 'Config.OpenStdin', (service) => service.stdin_open ?? false),
  value('init', 'HostConfig.Init', (service) => service.init),
  value('restart', 'HostConfig.RestartPolicy', (service) => restartPolicy(service), {
    normal: (found) => {
      const policy = isRecord(found) ? found : {}
      if (isUnset(policy.Name) || policy.Name === 'no') return undefined
      return isUnset(policy.MaximumRetryCount) ? policy.Name : `${policy.Name}:${policy.MaximumRetryCount}`
    },
    nested: {
      'deploy.restart_policy': 'HostConfig.RestartPolicy',
      'deploy.restart_policy.condition': 'HostConfig.RestartPolicy.Name',
      'deploy.restart_policy.max_attempts': 'HostConfig.RestartPolicy.MaximumRetryCount',
    },
  }),
  imageValue('stop_signal', 'Config.StopSignal', (service) => service.stop_signal),
  value(
    'stop_grace_period',
    'Config.StopTimeout',
    (service) =>
      service.stop_grace_period === undefined ? undefined : Math.trunc(nanoseconds(service.stop_grace_period) / 1e9),
    { normal: (found) => durationText(Number(found) * 1e9) },
  ),
  value(
    'healthcheck',
    'Config.Healthcheck',
    (service, context) => service.healthcheck && health(service.healthcheck, context),
    {
      normal: (found, view) => {
        const check = healthWords(found)
        return JSON.stringify(check) === JSON.stringify(healthWords(view.image.Healthcheck)) ? undefined : check
      },
      nested: {
        'healthcheck.test': 'Config.Healthcheck.Test',
        'healthcheck.disable': 'Config.Healthcheck.Test',
        'healthcheck.interval': 'Config.Healthcheck.Interval',
        'healthcheck.timeout': 'Config.Healthcheck.Timeout',
        'healthcheck.retries': 'Config.Healthcheck.Retries',
        'healthcheck.start_period': 'Config.Healthcheck.StartPeriod',
        'healthcheck.start_interval': 'Config.Healthcheck.StartInterval (API 1.44)',
      },
    },
  ),
  value(
    'logging',
    'HostConfig.LogConfig',
    (service) => service.logging && { Type: service.logging.driver ?? '', Config: service.logging.options ?? {} },
    {
      // Without a choice the engine puts its own default here, whatever that is.
      normal: (found) => {
        const log = isRecord(found) ? found : {}
        const options = isUnset(log.Config) ? undefined : log.Config
        return text(log.Type) === 'json-file' && !options ? undefined : compact({ driver: log.Type, options })
      },
      nested: {
        'logging.driver': 'HostConfig.LogConfig.Type',
        'logging.options': 'HostConfig.LogConfig.Config',
      },
    },
  ),
  value('oom_score_adj', 'HostConfig.OomScoreAdj', (service) => service.oom_score_adj),
  value('oom_kill_disable', 'HostConfig.OomKillDisable', (service) => service.oom_kill_disable ?? false),
]

function restartPolicy(service: Parameters<Field['put']>[1]): unknown {
  const policy = service.deploy?.restart_policy
  if (policy) return { Name: restartName(policy.condition ?? ''), MaximumRetryCount: policy.max_attempts ?? 0 }
  if (service.restart === undefined) return undefined
  const [name = '', attempts] = service.restart.split(':')
  return { Name: restartName(name), MaximumRetryCount: Number(attempts ?? 0) || 0 }
}

/** `deploy.restart_policy.condition` has Swarm's words for some of the engine's. */
function restartName(condition: string): string {
  if (condition === 'none') return 'no'
  return condition === 'any' ? 'always' : condition
}

function health(check: Healthcheck, context: BodyContext): unknown {
  if (check.start_interval !== undefined && check.start_period === undefined) {
    throw new EngineError('bad-healthcheck', 'healthcheck.start_interval is given without healthcheck.start_period', {
      class: 'user',
      hint: 'give healthcheck.start_period too: the interval is used during that period only',
    })
  }
  const duration = (text: string | undefined) => (text === undefined ? undefined : nanoseconds(text))
  return compact({
    Test: check.disable ? ['NONE'] : check.test,
    Interval: duration(check.interval),
    Timeout: duration(check.timeout),
    StartPeriod: duration(check.start_period),
    StartInterval: knows(context, '1.44') ? duration(check.start_interval) : undefined,
    Retries: check.retries,
  })
}

/** The engine's health check as an author would write it. */
function healthWords(found: unknown): unknown {
  if (!isRecord(found)) return undefined
  const duration = (value: unknown) => (isUnset(value) ? undefined : durationText(Number(value)))
  const off = strings(found.Test)[0] === 'NONE'
  return compact({
    disable: off,
    test: off ? undefined : found.Test,
    interval: duration(found.Interval),
    timeout: duration(found.Timeout),
    start_period: duration(found.StartPeriod),
    start_interval: duration(found.StartInterval),
    retries: found.Retries,
  })
}

function without(
  own: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(own).filter(([name, value]) => given[name] !== value))
}
