#!/usr/bin/env bash
# Sets up the machine as far as a command needs it, then runs the command. Completed steps are skipped.
# usage: run.sh COMMAND [ARGUMENT ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ROOT=$PWD
STARTED=$SECONDS

step() { printf '[setup %3ds] %s\n' "$((SECONDS - STARTED))" "$*"; }
fail() { printf '\n[setup] %s\n' "$*" >&2; exit 1; }

# Logs of the setup, and all data of npm start: readable only by this user.
private_dirs() { install -d -m 700 .polyroom .polyroom/setup; }

source tools/setup/packages.sh

# The one Node.js of every command, from the npm registry.
use_node() {
  command -v npm >/dev/null || fail "Polyroom needs Node.js 20 or newer with npm on PATH."
  source tools/setup/env.sh
  if [ ! -x "$NODE_FOLDER/bin/node" ]; then
    step "fetching Node.js 24"
    npm ci --prefix tools/node --no-audit --no-fund --loglevel=error || fail "npm could not fetch Node.js: see the lines above"
    [ -x "$NODE_FOLDER/bin/node" ] || fail "there is no Node.js for this processor: tools/node has it for x64 and arm64"
  fi
}

install_dependencies() {
  if ! node tools/setup/installed.mjs; then
    step "installing npm packages (about a minute)"
    # With a named worker, mediasoup's install script neither downloads nor builds one: ensure.mjs does.
    MEDIASOUP_WORKER_BIN=/bin/true npm ci --no-audit --no-fund --loglevel=error ||
      fail "npm could not install the packages: see the lines above"
  fi
}

ensure_worker() {
  local answer=.polyroom/setup/worker-path
  private_dirs
  node tools/mediasoup-worker/ensure.mjs "$answer" || fail "no mediasoup worker available: see the lines above"
  MEDIASOUP_WORKER_BIN=$(cat "$answer")
  export MEDIASOUP_WORKER_BIN
}

# Nx rebuilds and retests what has changed, and takes the rest from its cache (nx.json).
build() {
  local log=.polyroom/setup/build.log
  private_dirs
  step "building"
  nx run-many -t build >"$log" 2>&1 || { cat "$log" >&2; fail "the build failed"; }
}

lint() {
  step "linting and checking types"
  nx sync:check || fail "references in tsconfig.json differ from the imports: run npx nx sync"
  nx run-many -t style format types imports vocabulary
}

run_tests() {
  local status=0
  if [ $# -gt 0 ]; then
    local report=.polyroom/setup/test-report.json
    step "testing: $*"
    rm -f "$report"
    bash tools/setup/exec.sh jest --json --outputFile="$report" "$@" || status=$?
    node tools/setup/counts.mjs "$report" || status=1
    return "$status"
  fi
  step "testing"
  # A report found afterwards is from this run, or from the cached run with the same inputs.
  rm -f {apps,libs,tools}/*/test-report.json
  # More than there are cores: specs of servers wait most of their time.
  nx run-many -t test --parallel=5 || status=$?
  # The counts must be alone on the last line.
  node tools/setup/counts.mjs || status=1
  return "$status"
}

# Measures the code in Jest's process only; the services of e2e specs are separate processes.
run_coverage() {
  local whole=()
  [ $# -gt 0 ] || whole=(--collectCoverageFrom='{apps,libs,tools}/*/src/**/*.ts' --collectCoverageFrom='!**/{generated/**,*.spec.ts,*.d.ts}')
  step "testing, with coverage"
  # Code from the cache is covered by whole functions only.
  NODE_DISABLE_COMPILE_CACHE=1 bash tools/setup/exec.sh jest --coverage "${whole[@]}" "$@"
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
    exec node --enable-source-maps tools/dev/dist/bundle/main.js "$@"
    ;;
  test)
    setup tests
    status=0
    # A finding does not keep the specs from running, but fails the command.
    [ $# -gt 0 ] || lint || status=$?
    run_tests "$@" || status=$?
    exit "$status"
    ;;
  nx)
    setup tests
    exec nx "$@"
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
    case ${1:-} in alerts | images | outage | rolling | all) ensure_postgres ;; esac
    case ${1:-} in alerts | all) ensure_prometheus ;; esac
    exec node --enable-source-maps tools/check/dist/main.js "$@"
    ;;
  docs)
    use_node
    install_dependencies
    step "building the documentation"
    nx build @polyroom/docs
    exec vitepress preview tools/docs "$@"
    ;;
  generate-clients)
    setup build
    exec node --enable-source-maps tools/generate/dist/generate-clients.js
    ;;
  # Without an argument, all that specs start.
  setup)
    case ${1:-tests} in services | browser | tests) ;; *) fail "usage: npm run setup [-- services | browser | tests]" ;; esac
    setup "${1:-tests}" && step "ready"
    ;;
  build) setup build && step "built" ;;
  lint) setup build && lint && step "clean" ;;
  format)
    setup build
    prettier --log-level warn --write '{apps,libs,tools}/**/*.{ts,mts,mjs,css,html}' '*.{mjs,json}'
    ;;
  *) fail "usage: run.sh start | test | coverage | bench NAME | check NAME | docs | generate-clients | nx ARGUMENT ... | setup | build | lint | format | commitlint | changeset" ;;
esac
