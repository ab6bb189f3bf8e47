/** Files the project below names. */
export const richFiles: Readonly<Record<string, string>> = {
  'files/app.conf': 'configuration\n',
  'files/token': 'secret\n',
  'variables.env': 'FROM_FILE=1\n',
}

/** As many attributes as one engine takes at once, each with a value that is not its default.
 * @param subnet first three numbers of an address range nobody else uses */
export const richProject = (subnet = `10.213.${Math.floor(Math.random() * 250)}`): string => `
services:
  base:
    image: busybox:1
    init: true
    command: ["sleep", "1000"]
    entrypoint: ["/bin/busybox"]
    stop_grace_period: 1500ms
    stop_signal: SIGTERM
    volumes:
      - /anonymous
      - shared:/shared:ro
      - {type: volume, source: shared, target: /nocopy, volume: {nocopy: true}}
      - ./files:/files:ro
      - ./made/by/engine:/made
      - {type: bind, source: ./files, target: /private, bind: {propagation: rprivate, create_host_path: false}}
    tmpfs: ["/run/a:size=64k", "/run/b"]
    configs:
      - application
      - {source: inline, target: /etc/inline.conf, mode: 0440, uid: "1", gid: "2"}
    secrets:
      - token
      - {source: variable, target: other-name}
    networks:
      front: {aliases: [www, base.example], priority: 10}
      back: {ipv4_address: ${subnet}.9, aliases: [second]}
      default:
    healthcheck: {test: ["CMD", "true"], interval: 1s, timeout: 3s, retries: 4, start_period: 1m}
    environment: {A: "1", B: "x=y $$HOME", C: }
    env_file: [variables.env]
    labels: {a.b: c, com.example: "1"}
    annotations: {key: value}
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD]
    cgroup_parent: /windflow-test
    cpu_shares: 512
    cpus: 0.5
    cpuset: "0"
    mem_limit: 64m
    mem_reservation: 32m
    memswap_limit: 128m
    pids_limit: 100
    device_cgroup_rules: ["c 1:3 mr"]
    devices: ["/dev/null:/dev/other:rw"]
    dns: [${subnet}.1]
    dns_opt: ["ndots:2"]
    dns_search: [example.com]
    domainname: example.org
    hostname: basehost
    expose: ["7000", "8000-8002/udp"]
    extra_hosts: ["somehost=1.2.3.4", "v6=::1"]
    group_add: ["27", "1000"]
    ipc: shareable
    logging: {driver: json-file, options: {max-size: 1m}}
    oom_score_adj: 100
    restart: on-failure:3
    security_opt: ["no-new-privileges:true"]
    shm_size: 32m
    sysctls: {net.core.somaxconn: "512"}
    ulimits: {nofile: {soft: 1000, hard: 2000}, nproc: 500}
    working_dir: /tmp
    stdin_open: true
    tty: true
    ports:
      - "127.0.0.1::7000"
      - {target: 8000, protocol: udp, mode: host, name: metrics, app_protocol: http}
  sidecar:
    image: busybox:1
    init: true
    command: sleep 1000
    network_mode: service:base
    pid: service:base
    ipc: service:base
    volumes_from: ["base:ro"]
    depends_on: {base: {condition: service_healthy, restart: true}}
    stop_grace_period: 1s
  linked:
    image: busybox:1
    init: true
    command: sleep 1000
    user: "0"
    scale: 2
    read_only: true
    links: ["base:thebase"]
    depends_on: [base]
    networks: [front]
    stop_grace_period: 1s
    restart: unless-stopped
    volumes:
      - {type: tmpfs, target: /tmp, tmpfs: {size: 1048576, mode: 0755}}
    post_start:
      - command: ["sh", "-c", "echo started > /tmp/started"]
  isolated:
    image: busybox:1
    init: true
    command: sleep 1000
    network_mode: none
    pid: host
    uts: host
    stop_grace_period: 1s
    deploy:
      restart_policy: {condition: on-failure, max_attempts: 2}
      resources: {limits: {cpus: "0.25", memory: 32m, pids: 50}, reservations: {memory: 16m}}
  named:
    image: busybox:1
    container_name: \${COMPOSE_PROJECT_NAME}-chosen
    init: true
    command: sleep 1000
    stop_grace_period: 1s
    healthcheck: {disable: true}
volumes:
  shared: {driver: local, labels: {kind: test}}
  plain:
networks:
  front: {labels: {n: "1"}, driver_opts: {com.docker.network.bridge.enable_icc: "true"}}
  back: {ipam: {config: [{subnet: ${subnet}.0/24, gateway: ${subnet}.1}]}}
  default: {attachable: true}
configs:
  application: {file: files/app.conf}
  inline: {content: "inline $$x"}
secrets:
  token: {file: files/token}
  variable: {environment: SECRET_OF_ENVIRONMENT}
`
