/** How to reach an engine: an address and what proves each side to the other. */
export interface TargetAddress {
  /** `unix:///path`, `tcp://host:port`, `ssh://[user@]host[:port][/path/of/socket]`. */
  readonly url: string
  readonly tls?: TlsOptions
  readonly ssh?: SshOptions
  /** Speak exactly this version of the Engine API; absent: negotiated. */
  readonly apiVersion?: string
}

/** Client side of TLS. Each is PEM text; who has files reads them first. */
export interface TlsOptions {
  /** Authorities that may vouch for the engine; absent: those of the machine. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Only where the user has said so (`DOCKER_TLS` without `DOCKER_TLS_VERIFY`, a context with SkipTLSVerify). */
  readonly skipVerify?: boolean
}

/** Absent fields are looked up where OpenSSH has them: `~/.ssh/config`, `~/.ssh/known_hosts`, keys, agent. */
export interface SshOptions {
  /** The only host key to accept: a line of a `.pub` file or of known_hosts (`ssh-ed25519 AAAA...`), or `SHA256:...`. */
  readonly hostKey?: string
  /** Instead of the user's and the machine's known_hosts. */
  readonly knownHostsFiles?: readonly string[]
  /** Private keys as text; with these neither files nor the agent are tried. */
  readonly privateKeys?: readonly { readonly key: string; readonly passphrase?: string }[]
  /** Tried before the agent. */
  readonly identityFiles?: readonly string[]
  /** Socket of the agent; absent: `SSH_AUTH_SOCK`; `none`: no agent. */
  readonly agent?: string
  /** Instead of `~/.ssh/config` and `/etc/ssh/ssh_config`; an empty list reads none. */
  readonly configFiles?: readonly string[]
}
