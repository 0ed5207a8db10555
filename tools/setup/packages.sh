# Debian packages: used from PATH, otherwise installed if permitted, otherwise listed in an error. Sourced by
# run.sh.

# Packages for the worker's build, without which it can only be downloaded.
WORKER_BUILD_PACKAGES="meson ninja-build pkg-config g++ make perl xz-utils libuv1-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler"

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/bin/$1" ] || [ -x "/usr/sbin/$1" ]; }

chromium_found() {
  [ -n "${CHROMIUM_PATH:-}" ] || has chromium || has chromium-browser || has google-chrome || has google-chrome-stable
}

firefox_found() {
  [ -n "${FIREFOX_PATH:-}" ] || has firefox-esr || has firefox
}

# Started by specs and by check:outage besides redis-server and nats-server. Debian keeps its programs in a folder per version.
postgres_found() {
  local folder
  for folder in /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || true)")"; do
    [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] && [ -x "$folder/psql" ] && return 0
  done
  return 1
}

# ensure_packages services|browser|tests: the needs of `npm start`; those and a browser; all that specs start.
ensure_packages() {
  local missing=""
  # Tests and benchmarks start servers of their own, even if others are configured.
  if [ "$1" != services ] || [ -z "${POLYROOM_REDIS_URL:-}" ]; then has redis-server || missing="$missing redis-server"; fi
  if [ "$1" != services ] || [ -z "${POLYROOM_NATS_URL:-}" ]; then has nats-server || missing="$missing nats-server"; fi
  if [ "$1" != services ]; then chromium_found || missing="$missing chromium"; fi
  if [ "$1" != services ]; then has ffmpeg || missing="$missing ffmpeg"; fi
  if [ "$1" = tests ]; then postgres_found || missing="$missing postgresql"; fi
  # With promtool, which checks metrics and rules.
  if [ "$1" = tests ]; then has promtool || missing="$missing prometheus"; fi
  if [ "$1" = tests ]; then firefox_found || missing="$missing firefox-esr"; fi
  if [ "$1" = tests ]; then has turnserver || missing="$missing coturn"; fi
  # Debian keeps servers in /usr/sbin, which a user's PATH may lack.
  export PATH=$PATH:/usr/sbin:/usr/bin
  install_packages $missing
}

# For npm run check:alerts, check:outage and check:rolling.
ensure_postgres() {
  postgres_found || install_packages postgresql
}

# For npm run check:alerts.
ensure_prometheus() {
  has prometheus || install_packages prometheus
}

# GStreamer with its Python bindings, for npm run check:interop alone (about 60 MB).
GSTREAMER_PACKAGES="python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-nice"

# Uses Debian's Python, for which the bindings are packaged.
gstreamer_found() {
  /usr/bin/python3 - 2>/dev/null <<'PYTHON'
import gi
for name in ("Gst", "GstSdp", "GstWebRTC"):
    gi.require_version(name, "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC
Gst.init(None)
needed = ("webrtcbin", "nicesrc", "dtlsenc", "srtpenc", "decodebin", "vp8enc", "vp8dec", "opusenc", "opusdec", "h264parse")
raise SystemExit(any(Gst.ElementFactory.find(name) is None for name in needed))
PYTHON
}

ensure_gstreamer() {
  gstreamer_found || install_packages $GSTREAMER_PACKAGES
  gstreamer_found || fail "GStreamer is installed, but webrtcbin or its Python bindings do not work: see gst-inspect-1.0 webrtcbin"
}

# install_packages NAME ...: as root through apt, otherwise fails with the names.
install_packages() {
  [ $# -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "these Debian packages are missing: $*
        Install them as root and run this again:
          apt-get update && apt-get install --no-install-recommends $*
        (redis-server and nats-server are not needed where POLYROOM_REDIS_URL and POLYROOM_NATS_URL name running ones.)"
  fi
  step "installing Debian packages: $*"
  # Only the programs are needed: Debian must not start its own servers on their default ports, neither now
  # nor, like a PostgreSQL cluster, at the next boot.
  local policy=/usr/sbin/policy-rc.d own_policy=""
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && own_policy=1
  fi
  local no_cluster=/etc/postgresql-common/createcluster.d/polyroom.conf
  mkdir -p "${no_cluster%/*}" && printf 'create_main_cluster = false\n' >"$no_cluster"
  local log=$ROOT/.polyroom/setup/apt.log status=0
  install -d -m 700 "$ROOT/.polyroom" "$ROOT/.polyroom/setup"
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"; } >"$log" 2>&1 || status=$?
  [ -z "$own_policy" ] || rm -f "$policy"
  rm -f "$no_cluster"
  rmdir -p --ignore-fail-on-non-empty "${no_cluster%/*}"
  [ "$status" -eq 0 ] || { tail -n 20 "$log" >&2; fail "apt could not install: $* (log: $log)"; }
}

# When run as a program: packages.sh worker-build
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  ROOT=$(cd "$(dirname "$0")/../.." && pwd)
  step() { printf '[setup] %s\n' "$*"; }
  fail() { printf '\n[setup] %s\n' "$*" >&2; exit 1; }
  missing=""
  for pair in meson:meson ninja:ninja-build pkg-config:pkg-config g++:g++ make:make perl:perl xz:xz-utils flatc:flatbuffers-compiler; do
    has "${pair%%:*}" || missing="$missing ${pair##*:}"
  done
  for pair in libuv:libuv1-dev absl_strings:libabsl-dev flatbuffers:libflatbuffers-dev; do
    { has pkg-config && pkg-config --exists "${pair%%:*}"; } || missing="$missing ${pair##*:}"
  done
  install_packages $missing
  # build.sh asks apt for its mirror and for sources, which needs the package lists.
  if [ "$(id -u)" -eq 0 ] && ! apt-cache policy | grep -q 'http.*main'; then apt-get -q update >/dev/null; fi
fi
