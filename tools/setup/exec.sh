#!/usr/bin/env bash
# Runs a program with the project's Node.js and media worker, in the root of the repository: every Nx target does.
# usage: exec.sh PROGRAM [ARGUMENT ...]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
if [ ! -x "$NODE_FOLDER/bin/node" ]; then
  echo "This checkout is not set up yet: run npm run setup once." >&2
  exit 1
fi
cd "$REPOSITORY"
if [ -z "${MEDIASOUP_WORKER_BIN:-}" ] && [ -f .polyroom/setup/worker-path ]; then
  MEDIASOUP_WORKER_BIN=$(cat .polyroom/setup/worker-path)
  export MEDIASOUP_WORKER_BIN
fi
# Nest is ESM only, which Jest runs with Node.js's VM modules.
if [ "$1" = jest ]; then
  export NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning"
  # Nx forces colours, and specs compare what programs print.
  unset FORCE_COLOR
fi
exec "$@"
