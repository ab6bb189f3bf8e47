#!/bin/sh
# What `npm ci` runs at its end: makes the bundle that bin/windflow starts, with the Node that npm just installed.
set -eu
cd "$(dirname "$0")/.."

# npm 9 drops the packages of other platforms and takes the link of the right one along; programs need it on their path.
for node in node_modules/node-*/bin/node; do
  if [ -x "$node" ] && ! [ -e node_modules/.bin/node ]; then
    mkdir -p node_modules/.bin
    ln -sf "../../$node" node_modules/.bin/node
  fi
done

node=node_modules/.bin/node
if ! [ -x "$node" ]; then
  # No package for this platform: a new enough Node of the machine does as well.
  node=$(command -v node || true)
  case $("${node:-false}" --version 2>/dev/null || true) in
    v2[6-9].* | v[3-9][0-9].*) ;;
    *)
      echo 'windflow: npm has no Node for this platform; install Node 26 or newer to use it' >&2
      exit 0
      ;;
  esac
fi
"$node" cli/bundle/build.ts --optional
case ${npm_command-} in ci | install) scripts/installed.sh --mark ;; esac
