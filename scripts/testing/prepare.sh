#!/usr/bin/env bash
# Puts on this machine what the tests need beyond npm packages: Debian packages, and programs that are built or
# unpacked once into a cache folder outside the checkout. Run again, it does only what is missing.
#   prepare.sh            everything
#   prepare.sh FUNCTION   one of: packages compose_5_6 compose_2_26 engine_26 buildx
# What cannot be had is said on a line "cannot: WHAT: WHY" and is no failure: the tests that need it are skipped.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/windflow-tools

say() { printf 'prepare: %s\n' "$*"; }
cannot() { printf 'cannot: %s\n' "$*"; }

# Program or file that shows a Debian package is there, and the package.
needed_packages() {
  while read -r sign package; do
    case $sign in
      /*) [ -e "$sign" ] || echo "$package" ;;
      *) command -v "$sign" >/dev/null 2>&1 || echo "$package" ;;
    esac
  done <<'LIST'
dockerd docker.io
/usr/bin/docker docker.io
/usr/bin/tini-static tini
redis-server redis-server
nginx nginx
chromium chromium
/usr/sbin/sshd openssh-server
ssh openssh-client
docker-registry docker-registry
htpasswd apache2-utils
shellcheck shellcheck
/bin/busybox busybox-static
ip iproute2
iptables iptables
openssl openssl
git git
curl curl
/etc/ssl/certs/ca-certificates.crt ca-certificates
xz xz-utils
LIST
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

packages() {
  local wanted
  mapfile -t wanted < <(needed_packages | sort -u)
  # The Node that comes by npm needs this library, which a minimal Debian does not have.
  if ! ldconfig -p | grep -q 'libatomic\.so\.1'; then wanted+=(libatomic1); fi
  # Another package may own the name busybox: only the static one can be an image of its own.
  if [ -e /bin/busybox ] && ldd /bin/busybox >/dev/null 2>&1; then wanted+=(busybox-static); fi
  [ "${#wanted[@]}" -gt 0 ] || return 0
  say "apt-get install ${wanted[*]}"
  as_root apt-get update -qq
  # A server package starts its service where there is an init system; the tests want their own instances only.
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends "${wanted[@]}" </dev/null
}

# Fetches packages of the next Debian release into the current folder without touching the machine's own lists.
fetch_from_trixie() {
  local scratch mirror
  scratch=$(mktemp -d)
  # shellcheck disable=SC2016 # apt fills these in
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | grep -v security | head -n 1)
  mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial" "$scratch/etc"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' \
    "${mirror:-http://deb.debian.org/debian}" >"$scratch/etc/sources.list"
  local options=(-qq -o "Dir::Etc::sourcelist=$scratch/etc/sources.list" -o Dir::Etc::sourceparts=/nonexistent
    -o "Dir::State::lists=$scratch/lists" -o "Dir::Cache=$scratch/cache" -o APT::Sandbox::User=root)
  local status=0
  apt-get "${options[@]}" update && apt-get "${options[@]}" download "$@" || status=$?
  rm -rf "$scratch"
  return "$status"
}

# Builds DIR aside and moves it into the cache when complete, so that an interrupted run leaves nothing half done.
into_cache() {
  local name=$1 build=$2 stage
  [ -e "$cache/$name" ] && return 0
  mkdir -p "$cache"
  stage=$(mktemp -d "$cache/.new-XXXXXX")
  say "$name: building once into $cache"
  if (cd "$stage" && "$build"); then
    mv "$stage" "$cache/$name"
  else
    rm -rf "$stage"
    cannot "$name: its build failed (see above)"
  fi
}

unpack_engine_26() {
  fetch_from_trixie docker.io
  dpkg-deb -x docker.io_*.deb .
  rm -f docker.io_*.deb
  ./usr/sbin/dockerd --version
}

unpack_compose_2_26() {
  fetch_from_trixie docker-compose
  dpkg-deb -x docker-compose_*.deb unpacked
  find unpacked -name docker-compose -type f -exec mv {} docker-compose \;
  rm -rf unpacked docker-compose_*.deb
  ./docker-compose version
}

unpack_buildx() {
  fetch_from_trixie docker-buildx
  dpkg-deb -x docker-buildx_*.deb unpacked
  find unpacked -name docker-buildx -type f -exec mv {} docker-buildx \;
  rm -rf unpacked docker-buildx_*.deb
  ./docker-buildx version
}

build_compose_5_6() {
  cp "$here/compose-5.6/go.mod" "$here/compose-5.6/go.sum" .
  CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags '-s -w -X github.com/docker/compose/v5/internal.Version=v5.6.0' \
    -o docker-compose github.com/docker/compose/v5/cmd
  rm -f go.mod go.sum
  ./docker-compose version
}

engine_26() { into_cache engine-26.1 unpack_engine_26; }
compose_2_26() { into_cache compose-2.26.1 unpack_compose_2_26; }
buildx() { into_cache buildx unpack_buildx; }

compose_5_6() {
  [ -e "$cache/compose-5.6.0" ] && return 0
  go_toolchain || return 0
  into_cache compose-5.6.0 build_compose_5_6
}

# Compose 5.6 wants a newer Go than Debian 12 has; any Go from 1.21 on fetches the one a module asks for.
go_toolchain() {
  if ! command -v go >/dev/null 2>&1 && [ -x /usr/local/go/bin/go ]; then PATH=/usr/local/go/bin:$PATH; fi
  if command -v go >/dev/null 2>&1 && go version | grep -qE 'go1\.(2[1-9]|[3-9][0-9])'; then return 0; fi
  into_cache go unpack_go
  PATH=$cache/go/usr/lib/go-1.24/bin:$PATH
  export GOROOT=$cache/go/usr/lib/go-1.24
  if command -v go >/dev/null 2>&1; then return 0; fi
  cannot 'compose-5.6.0: no Go 1.21 or newer'
  return 1
}

unpack_go() {
  fetch_from_trixie golang-1.24-go golang-1.24-src
  for package in ./*.deb; do dpkg-deb -x "$package" .; done
  rm -f ./*.deb
  # Debian keeps the sources apart and links to them by absolute paths of an installed package.
  for link in usr/lib/go-1.24/*; do
    if [ -L "$link" ] && [ ! -e "$link" ]; then
      target=usr/share/go-1.24/$(basename "$link")
      if [ -e "$target" ]; then rm "$link" && mv "$target" "$link"; fi
    fi
  done
  GOROOT=$PWD/usr/lib/go-1.24 ./usr/lib/go-1.24/bin/go version
}

main() {
  if [ $# -gt 0 ]; then
    "$@"
    return
  fi
  packages
  engine_26
  compose_2_26
  buildx
  compose_5_6
}

main "$@"
