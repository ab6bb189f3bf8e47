/** Attributes of a service that describe its container, which a container of `pre_start` inherits. */
export const CONTAINER_ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'annotations blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period cpu_quota ' +
    'cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs credential_spec device_cgroup_rules devices ' +
    'dns dns_opt dns_search domainname entrypoint environment env_file extra_hosts group_add gpus hostname image init ' +
    'ipc isolation labels label_file logging log_driver log_opt mem_limit mem_reservation memswap_limit mem_swappiness ' +
    'mac_address models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform privileged ' +
    'pull_policy pull_refresh_after read_only runtime secrets security_opt shm_size stop_grace_period stop_signal ' +
    'storage_opt sysctls tmpfs ulimits use_api_socket user userns_mode uts volume_driver volumes volumes_from working_dir'
  ).split(' '),
)
