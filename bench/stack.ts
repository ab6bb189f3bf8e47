/** The image of every service. */
export const BENCH_IMAGE = 'busybox:1.36'

/**
 * A Compose file of `count` services as they are met in the wild: stores with a volume and a health check, interfaces
 * that wait for a healthy store, workers without a health check. All of them end at once when asked to.
 * `REVISION` in the environment changes the service `api-1` and nothing else.
 */
export function stackFile(count: number): string {
  const services = Array.from({ length: count }, (_, index) => service(index))
  const volumes = services.filter(({ kind }) => kind === 'store').map(({ group }) => `  data-${group}:\n`)
  return [
    'services:\n',
    ...services.map(({ text }) => text),
    'networks:\n  front:\n  back:\n',
    `volumes:\n${volumes.join('')}`,
  ].join('')
}

interface BenchService {
  readonly kind: 'store' | 'api' | 'worker'
  readonly group: number
  readonly text: string
}

function service(index: number): BenchService {
  const group = Math.floor(index / 3) + 1
  switch (index % 3) {
    case 0:
      return { kind: 'store', group, text: store(group) }
    case 1:
      return { kind: 'api', group, text: api(group) }
    default:
      return { kind: 'worker', group, text: worker(group) }
  }
}

const HEALTH = `    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/etc/passwd"]
      interval: 1s
      timeout: 2s
      retries: 20
`

function store(group: number): string {
  return `  store-${group}:
    image: ${BENCH_IMAGE}
    init: true
    command: httpd -f -p 8080 -h /
    restart: unless-stopped
    networks: [back]
    volumes:
      - data-${group}:/data
${HEALTH}`
}

function api(group: number): string {
  return `  api-${group}:
    image: ${BENCH_IMAGE}
    init: true
    command: ["httpd", "-f", "-p", "8080", "-h", "/"]
    restart: unless-stopped
    environment:
      STORE: http://store-${group}:8080
      REVISION: \${${group === 1 ? 'REVISION' : 'OTHER_REVISION'}:-0}
    labels:
      bench.role: api
    networks:
      front: {}
      back:
        aliases: [backend-${group}]
    depends_on:
      store-${group}:
        condition: service_healthy
${HEALTH}`
}

function worker(group: number): string {
  return `  worker-${group}:
    image: ${BENCH_IMAGE}
    init: true
    command: sh -c 'trap "exit 0" TERM; while true; do sleep 3600 & wait $$!; done'
    environment:
      - QUEUE=queue-${group}
    deploy:
      resources:
        limits:
          memory: 64M
    networks: [back]
    depends_on: [store-${group}]
`
}
