#!/usr/bin/env bash
# Installs what the tests need and runs all of them. Wants a Debian 12 machine, root (or sudo without a password);
# Docker need not run, nor an init system. Can be run again at any time.
#
#   scripts/test.sh              everything
#   scripts/test.sh PART...      only these parts (see --list)
#   scripts/test.sh --prepare    only installs what the tests need
#   scripts/test.sh --list       the parts
#
# The last line is `N passed, N failed, N skipped`; the line before says what was skipped and why.
# The exit code is 0 only when nothing failed.
set -uo pipefail
export LC_ALL=C.UTF-8 CI=true DEBIAN_FRONTEND=noninteractive

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/windflow-tools
corpus=$root/../shared/compose-corpus
conformance=$root/../shared/tools/compose-conformance

PARTS=(types lint layers dead-code shell unit server integration-20.10 integration-26.1 fuzz conformance-models
  conformance-hashes bench)

passed=0 failed=0 skipped=0
reasons=() failures=()

usage() { sed -n '2,/^set /p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'; }
say() { printf '\n=== %s (%s)\n' "$*" "$(date -u +%H:%M:%S)"; }

fail() { # PART [COUNT]
  failed=$((failed + ${2:-1}))
  failures+=("$1")
}

skip() { # PART REASON
  skipped=$((skipped + 1))
  reasons+=("$1: $2")
}

# Runs one command as a test of its own, in a process group of its own, for at most MINUTES.
bounded() { # MINUTES COMMAND...
  timeout --kill-after=30 "$(($1 * 60))" "${@:2}" </dev/null
}

check() { # PART MINUTES COMMAND...
  if bounded "$2" "${@:3}"; then passed=$((passed + 1)); else fail "$1"; fi
}

# Runs a Vitest project and adds up what its report counts.
vitest_part() { # PART MINUTES VITEST-ARGUMENTS...
  local part=$1 report=$work/report-$1.json status=0 counts
  bounded "$2" vitest run --reporter=default --reporter=json --outputFile.json="$report" "${@:3}" || status=$?
  if ! counts=$(node scripts/testing/count.ts "$report"); then
    fail "$part"
    return
  fi
  local p f s
  read -r p f s <<<"$counts"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  [ "$f" = 0 ] || failures+=("$part")
  [ "$s" = 0 ] || reasons+=("$part: $(tail -n +2 <<<"$counts" | paste -sd ';')")
  # Green tests and yet a failed run: an error outside of any test, or the time was up.
  if [ "$status" != 0 ] && [ "$f" = 0 ]; then fail "$part"; fi
}

# Adds up what the conformance tool says of each file of the corpus.
conformance_part() { # PART OPTIONS...
  if [ ! -e "$conformance" ] || [ ! -d "$corpus" ]; then
    skip "$1" 'the corpus of Compose files is not beside this folder (../shared)'
    return
  fi
  local output=$work/$1.log same all
  bounded 15 node "$conformance" --corpus "$corpus" --windflow bin/windflow "${@:2}" | tee "$output"
  if [[ $(tail -n 1 "$output") =~ ^([0-9]+)\ of\ ([0-9]+)\  ]]; then
    same=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
    passed=$((passed + same))
    if [ "$all" -gt "$same" ]; then fail "$1" "$((all - same))"; fi
  else
    fail "$1"
  fi
}

# SC1091: bin/windflow reads a file that only an installation has.
shell_scripts() { git ls-files '*.sh' bin/windflow .ci/run; }

run_part() {
  say "$1"
  case $1 in
    types) check types 5 tsc -p . ;;
    lint) check lint 5 biome check . ;;
    layers) check layers 5 npm run --silent check:layers ;;
    dead-code) check dead-code 5 npm run --silent check:dead-code ;;
    shell) mapfile -t scripts < <(shell_scripts) && check shell 5 shellcheck --exclude=SC1091 "${scripts[@]}" ;;
    unit) vitest_part unit 15 --project unit ;;
    server) vitest_part server 15 --project server ;;
    integration-20.10) WINDFLOW_TEST_ENGINE=20.10 vitest_part "$1" 35 --project integration ;;
    integration-26.1)
      if [ -e "$cache/engine-26.1" ]; then
        # The kill test takes minutes and is about our own steps: it runs on the older engine, which checks less.
        WINDFLOW_TEST_ENGINE=26.1 vitest_part "$1" 25 --project integration packages/docker --exclude '**/kill.integration.test.ts'
      else
        skip "$1" 'Docker Engine 26.1 could not be unpacked on this machine'
      fi
      ;;
    fuzz) FUZZ_RUNS=${FUZZ_RUNS:-20000} vitest_part fuzz 15 --project fuzz ;;
    conformance-models) conformance_part "$1" ;;
    conformance-hashes) conformance_part "$1" --hash ;;
    bench)
      if [ -e "$cache/compose-5.6.0" ]; then
        check bench 15 node bench/main.ts --quick
      else
        skip bench 'docker compose 5.6.0 could not be built on this machine'
      fi
      ;;
    *)
      echo "test.sh: there is no part \"$1\"; see --list" >&2
      exit 2
      ;;
  esac
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# npm and some Node to run it; the Node of the project itself comes by npm.
install_modules() {
  if ! command -v npm >/dev/null 2>&1; then
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends npm </dev/null || return 1
  fi
  if scripts/installed.sh; then
    npm run --silent prepare
    return
  fi
  PATH=$machine_path npm ci --ignore-scripts --no-progress --loglevel=error || return 1
  npm run --silent prepare && scripts/installed.sh --mark
}

prepare() {
  say 'prepare'
  bash scripts/testing/prepare.sh || return 1
  install_modules
}

# Processes that have a file of this run's own folder in their command line: whatever a test that was cut short left.
left_running() { grep -laF -- "$work/" /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3; }

clean_up() {
  trap - EXIT
  local signal pid mount
  for signal in TERM KILL; do
    for pid in $(left_running); do kill "-$signal" "$pid" 2>/dev/null; done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      [ -n "$(left_running)" ] || break
      sleep 1
    done
  done
  while read -r mount; do umount --lazy "$mount"; done < <(awk -v p="$work/" 'index($2, p) == 1 { print $2 }' /proc/self/mounts | sort -r)
  rm -rf "$work"
}

main() {
  case ${1-} in
    -h | --help) usage && exit 0 ;;
    --list) printf '%s\n' "${PARTS[@]}" && exit 0 ;;
  esac
  # Short: the path of a Unix socket below it must fit in 108 bytes.
  work=$(mktemp -d /tmp/wf-XXXXXX)
  # A database server runs as another user, and has its folder in here.
  chmod 711 "$work"
  export TMPDIR=$work
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  machine_path=$PATH
  export PATH=$root/node_modules/.bin:$PATH
  if ! prepare; then
    echo 'test.sh: the machine could not be prepared; the lines above say why' >&2
    echo 'Skipped: everything (the machine could not be prepared)'
    echo '0 passed, 1 failed, 0 skipped'
    exit 1
  fi
  [ "${1-}" != --prepare ] || exit 0
  local parts=("$@")
  [ $# -gt 0 ] || parts=("${PARTS[@]}")
  for part in "${parts[@]}"; do run_part "$part"; done
  clean_up
  say 'result'
  [ "${#failures[@]}" = 0 ] || printf 'Failed: %s\n' "$(printf '%s; ' "${failures[@]}")"
  if [ "${#reasons[@]}" = 0 ]; then echo 'Skipped: nothing'; else printf 'Skipped: %s\n' "$(printf '%s; ' "${reasons[@]}")"; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

main "$@"
