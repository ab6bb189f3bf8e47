#!/bin/sh
# Whether node_modules is what the package files ask for: exit code 0 when it is.
#   installed.sh --mark   notes that it is, after an installation that went well
set -eu
cd "$(dirname "$0")/.."
mark=node_modules/.windflow-installed

wanted=$(cat package-lock.json package.json ./*/package.json packages/*/package.json | sha256sum)
if [ "${1-}" = --mark ]; then
  printf '%s\n' "$wanted" >"$mark"
else
  [ "$(cat "$mark" 2>/dev/null)" = "$wanted" ]
fi
