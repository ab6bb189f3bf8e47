import { as, element, integer, ListOrMapping, list, number, shared, text, word, words } from './forms.ts'
import { DeviceRequests, GenericResources } from './resources.ts'

const updateProperties = {
  parallelism: integer('How many containers at a time.'),
  delay: text('Pause between two groups, such as `10s`.'),
  failure_action: text('What happens when one fails: `continue`, `rollback` or `pause`.'),
  monitor: text('How long a new container is watched for failure.'),
  max_failure_ratio: number('Share of failures that is borne, from 0 to 1.'),
  order: word('Whether the new container starts before the old one stops.', 'start-first', 'stop-first'),
}

export const Deploy = shared(
  'deployment',
  element(
    {
      mode: text('`replicated`, `global` (one on each node), or a job of either kind.'),
      endpoint_mode: text('How clients find the containers in a swarm: `vip` or `dnsrr`.'),
      replicas: integer('How many containers.'),
      labels: as(ListOrMapping, 'Labels of the service in a swarm, not of its containers.'),
      rollback_config: element(updateProperties, { description: 'How an update is taken back.' }),
      update_config: element(updateProperties, { description: 'How an update goes.' }),
      resources: element(
        {
          limits: element(
            {
              cpus: number('Most processors, such as `0.5`.'),
              memory: text('Most memory, such as `512M`.'),
              pids: integer('Most processes.'),
            },
            { description: 'What a container may use at most.' },
          ),
          reservations: element(
            {
              cpus: number('Processors kept free for the container.'),
              memory: text('Memory kept free for the container.'),
              generic_resources: GenericResources,
              devices: DeviceRequests,
            },
            { description: 'What is kept free for a container.' },
          ),
        },
        { description: 'Limits and reservations.' },
      ),
      restart_policy: element(
        {
          condition: text('When a container is started again: `none`, `on-failure` or `any`.'),
          delay: text('Pause before it is started again.'),
          max_attempts: integer('How many times before giving up.'),
          window: text('How long it must run for the start to count as a success.'),
        },
        { description: 'What happens when a container ends.' },
      ),
      placement: element(
        {
          constraints: words('Conditions a node must meet, such as `node.role==manager`.'),
          preferences: list(
            'How containers are spread over nodes.',
            element({ spread: text('Node label over whose values they are spread evenly.') }),
          ),
          max_replicas_per_node: integer('Most containers on one node.'),
        },
        { description: 'Which nodes of a cluster may run the containers.' },
      ),
    },
    { description: 'How many containers run, where, and with which resources.', nullable: true },
  ),
)
