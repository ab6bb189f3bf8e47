#!/bin/sh
# Sets WindFlow up on a Debian or Ubuntu machine, with or without Node, npm and Docker. Can be run again at any time.
#
#   scripts/install.sh               installs WindFlow and, when no Docker engine answers, one
#   scripts/install.sh --demo        ... and deploys examples/hello with it
#   scripts/install.sh --uninstall   takes the demo down again (its records stay; the last lines say how to delete them)
#
#   --dry-run     says what would be done, and does nothing
#   --no-engine   never installs or starts a Docker engine
#   --help        this text
#
# HELLO_PORT=8090 (default 8088) and the other variables of examples/hello/README.md choose how the demo is published.
# DOCKER_HOST names another engine than the machine's own; that one is then neither installed nor started.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
windflow=$root/bin/windflow
stack=$root/examples/hello/compose.yaml
demo_image=busybox:1.36
cd "$root"
demo='' uninstall='' dry_run='' no_engine=''

usage() { sed -n '2,/^set /p' "$0" | sed '$d; s/^# \{0,1\}//'; }
step() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
die() { # MESSAGE [WAY-OUT...]
  printf '\ninstall.sh: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

# Does something, or with --dry-run only says so.
act() {
  if [ -n "$dry_run" ]; then note "would run: $*"; else "$@"; fi
}

have() { command -v "$1" >/dev/null 2>&1; }

may_be_root() { [ "$(id -u)" = 0 ] || { have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

packages_listed=''
install_packages() {
  have apt-get || die "$* is missing, and this machine has no apt-get to install it with." \
    "Install it with the package manager of your system, then run this script again."
  may_be_root || die "$* is missing, and installing it needs root." \
    "Run this script as root, or first: sudo apt-get install $*"
  note "installing $* (apt-get)"
  if [ -z "$packages_listed" ]; then
    quietly 'reading the package lists' act as_root apt-get update -q
    packages_listed=yes
  fi
  quietly "installing $*" act as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@"
}

# Shows the output of a long command only when it fails.
quietly() { # WHAT COMMAND...
  what=$1
  shift
  if [ -n "$dry_run" ]; then
    "$@"
    return
  fi
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return
  fi
  tail -n 25 "$log" >&2
  rm -f "$log"
  die "$what failed; the lines above are the end of its output." 'Mend the cause, then run this script again.'
}

# --- Node, npm and WindFlow itself ---------------------------------------------------------------------------------

install_windflow() {
  step 'WindFlow'
  if scripts/installed.sh; then
    note "already installed in $root"
    return
  fi
  have npm || install_packages npm
  # The Node that comes by npm needs this library, which a minimal Debian does not have.
  if ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1'; then :; else install_packages libatomic1; fi
  [ -w "$root" ] || die "$root cannot be written to by $(id -un)." 'Run this script as the owner of that folder.'
  note "npm ci in $root (brings its own Node 26)"
  # Install scripts of dependencies are not needed, and older npm would run them; WindFlow's own one follows.
  quietly 'npm ci' act npm ci --ignore-scripts --no-progress --loglevel=error
  quietly 'npm run prepare' act npm run prepare
  act scripts/installed.sh --mark
}

# --- A Docker engine -----------------------------------------------------------------------------------------------

engine_answers() { have docker && timeout 20 docker version >/dev/null 2>&1; }

ensure_engine() {
  step 'Docker engine'
  if engine_answers; then
    note "$(docker version --format 'version {{.Server.Version}} answers')"
    return
  fi
  if [ -n "${DOCKER_HOST-}" ]; then
    die "the engine that DOCKER_HOST names ($DOCKER_HOST) does not answer." \
      'Start it or correct the address; or unset DOCKER_HOST to use an engine on this machine.'
  fi
  if [ -S /var/run/docker.sock ] && ! [ -w /var/run/docker.sock ]; then
    die "an engine is there, but $(id -un) may not use it." \
      "Run this script as root, or join its group: sudo usermod -aG docker $(id -un), then sign in again."
  fi
  [ -z "$no_engine" ] || die 'no Docker engine answers, and --no-engine forbids to install or start one.' \
    'Start one, or name one by DOCKER_HOST.'
  have dockerd || [ -x /usr/sbin/dockerd ] || install_packages docker.io iptables ca-certificates
  have docker || [ -n "$dry_run" ] || install_packages docker-cli
  if [ -z "$dry_run" ] && engine_answers; then
    note 'installed and running'
  else
    start_engine
  fi
}

start_engine() {
  may_be_root || die 'starting the Docker engine needs root.' 'Run this script as root, or start the engine yourself.'
  if [ -d /run/systemd/system ]; then
    note 'starting it (systemctl enable --now docker); to stop it: sudo systemctl stop docker docker.socket'
    quietly 'starting docker' act as_root systemctl enable --now docker
  else
    engine_log=/var/log/windflow-dockerd.log
    note 'this machine has no init system: starting dockerd in the background'
    note "log: $engine_log; to stop it: kill \$(cat /var/run/docker.pid)"
    # shellcheck disable=SC2016 # the inner shell expands it
    act as_root sh -c 'nohup setsid dockerd >>"$1" 2>&1 </dev/null &' start-dockerd "$engine_log"
  fi
  [ -z "$dry_run" ] || return 0
  tries=0
  until engine_answers; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ]; then
      if [ -r "${engine_log-}" ]; then tail -n 15 "$engine_log" >&2; fi
      die 'the Docker engine was started but does not answer.' \
        'See its log (above, or: journalctl -u docker), mend the cause, and run this script again.' \
        'In a container, an engine needs privileges: run the container with --privileged, or share the outer engine.'
    fi
    sleep 1
  done
  note "$(docker version --format 'version {{.Server.Version}} answers')"
}

# --- The demo ------------------------------------------------------------------------------------------------------

ensure_demo_image() {
  step "Image of the demo ($demo_image)"
  if [ -n "$dry_run" ] && ! engine_answers; then
    note 'would be pulled, or made from busybox-static where no registry answers'
    return
  fi
  if docker image inspect "$demo_image" >/dev/null 2>&1; then
    note 'already there'
  elif [ -n "$dry_run" ]; then
    note "would run: docker pull $demo_image, or make it from busybox-static where no registry answers"
  elif timeout 120 docker pull --quiet "$demo_image" >/dev/null 2>&1; then
    note 'pulled'
  else
    note "no registry gives it: making it from Debian's busybox-static"
    make_demo_image
  fi
}

make_demo_image() {
  busybox=$(command -v busybox || true)
  if [ -z "$busybox" ] || ldd "$busybox" >/dev/null 2>&1; then
    install_packages busybox-static
    busybox=$(command -v busybox)
  fi
  image_root=$(mktemp -d)
  mkdir -p "$image_root/bin" "$image_root/etc" "$image_root/tmp" "$image_root/root"
  cp "$busybox" "$image_root/bin/busybox"
  for applet in $("$busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$image_root/bin/$applet"
  done
  chmod 1777 "$image_root/tmp"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$image_root/etc/passwd"
  status=0
  tar --owner=0 --group=0 -C "$image_root" -cf - . | docker import -c 'CMD ["sh"]' - "$demo_image" >/dev/null || status=$?
  rm -rf "$image_root"
  [ "$status" = 0 ] || die "the engine did not take the image $demo_image." 'See its message above.'
  note 'made'
}

deploy_demo() {
  step 'Deploy: plan, change, wait until it is healthy'
  if [ -n "$dry_run" ]; then
    note "would run: bin/windflow compose -f $stack up, then ps"
    return
  fi
  "$windflow" compose -f "$stack" up --yes || die 'the demo was not deployed; see the message above.' \
    'Is the port taken? HELLO_PORT=8090 scripts/install.sh --demo uses another one.'
  step 'Running'
  "$windflow" compose -f "$stack" ps
  address=${HELLO_ADDRESS:-127.0.0.1}
  step "The page of the demo: http://$address:${HELLO_PORT:-8088}"
  note 'change something:   HELLO_GREETING=Bonjour bin/windflow compose -f examples/hello/compose.yaml up'
  note 'and back again:     bin/windflow compose -f examples/hello/compose.yaml rollback'
  note 'take it down:       scripts/install.sh --uninstall'
  case ":$PATH:" in
    *":$root/bin:"*) ;;
    *) note "call it by name:    export PATH=\"$root/bin:\$PATH\"" ;;
  esac
}

uninstall_demo() {
  step 'Taking the demo down'
  [ -x "$root/node_modules/.bin/node" ] || die 'WindFlow is not installed here, so it deployed nothing.'
  act "$windflow" compose -f "$stack" down
  note 'its records are still in the volume hello_records; to delete them: docker volume rm hello_records'
  note "WindFlow itself is the folder $root; it put nothing else on this machine but Debian packages."
}

for argument in "$@"; do
  case $argument in
    --demo) demo=yes ;;
    --uninstall) uninstall=yes ;;
    --dry-run) dry_run=yes ;;
    --no-engine) no_engine=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "there is no option $argument." 'scripts/install.sh --help lists the options.' ;;
  esac
done

if [ -n "$uninstall" ]; then
  uninstall_demo
  exit 0
fi
install_windflow
ensure_engine
if [ -n "$demo" ]; then
  ensure_demo_image
  deploy_demo
else
  step 'Installed'
  note "try it: $root/bin/windflow compose --help; or with an example: scripts/install.sh --demo"
fi
