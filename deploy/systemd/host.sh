#!/usr/bin/env bash
# Polyroom as a systemd service of this machine. As root, from a checkout below /opt/polyroom that `npm run setup -- services`
# has built:
#   host.sh install         the unit, settings to fill in, and a key for the secrets; starts nothing
#   host.sh upgrade         to this checkout, after a backup; if it does not become ready, the version and the data before return
#   host.sh backup FILE     all data except recordings; the service is stopped meanwhile
#   host.sh restore FILE    replaces the data by those of a backup; the present ones are kept beside them
set -euo pipefail
umask 077
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
current=/opt/polyroom/current
settings=/etc/polyroom
state=/var/lib/polyroom
backups=/var/backups/polyroom
user=polyroom
now=$(date -u +%Y%m%dT%H%M%SZ)

say() { printf '%s\n' "$*"; }
fail() { printf 'host.sh: %s\n' "$*" >&2; exit 1; }

# As the service's user, who need not be the one that has built it.
require_built() {
  local file
  [[ $checkout == /opt/polyroom/* ]] || fail "$checkout is not below /opt/polyroom"
  id "$user" >/dev/null 2>&1 || fail "there is no user $user: see docs/self-hosting.md"
  for file in tools/setup/exec.sh tools/dev/dist/host/main.js .polyroom/setup/worker-path; do
    runuser -u "$user" -- test -r "$checkout/$file" ||
      fail "the user $user cannot read $checkout/$file: run 'npm run setup -- services' there as this user"
  done
}

require_data() {
  [ -d "$state" ] || fail "$state does not exist: the service has never run"
}

# use CHECKOUT: its code and its unit from the next start on.
use() {
  ln -sfn "$1" "$current.new" && mv -T "$current.new" "$current"
  install -m 644 "$1/deploy/systemd/polyroom.service" /etc/systemd/system/polyroom.service
  systemctl daemon-reload
}

# archive FILE: only complete files have the name.
archive() {
  tar --create --gzip --file "$1.part" --directory "$(dirname "$state")" --exclude polyroom/lock \
    --exclude polyroom/running.json --exclude polyroom/recordings polyroom
  mv -T "$1.part" "$1"
}

# replace_data FILE
replace_data() {
  local new=$state.new
  rm -rf "$new"
  mkdir "$new"
  tar --extract --gzip --file "$1" --directory "$new" --strip-components 1
  chown -R "$user:$user" "$new"
  if [ -d "$state/recordings" ]; then mv "$state/recordings" "$new/"; fi
  if [ -d "$state" ]; then mv "$state" "$state.replaced-$now"; fi
  mv "$new" "$state"
}

# while_stopped COMMAND ...: afterwards the service runs if it did before, also if the command fails.
while_stopped() {
  local running=""
  if systemctl --quiet is-active polyroom.service; then running=1; fi
  if [ -n "$running" ]; then trap 'systemctl start polyroom.service' EXIT; fi
  systemctl stop polyroom.service
  "$@"
  trap - EXIT
  if [ -n "$running" ]; then systemctl start polyroom.service; fi
}

command_install() {
  local previous
  require_built
  previous=$(readlink "$current" || true)
  [ ! -d "$state" ] || [ -z "$previous" ] || [ "$previous" = "$checkout" ] ||
    fail "$previous is installed and has data: run host.sh upgrade"
  install -d -m 700 "$settings" "$backups"
  [ -e "$settings/polyroom.env" ] || install -m 600 "$checkout/deploy/systemd/polyroom.env.example" "$settings/polyroom.env"
  if [ ! -e "$settings/secrets.key" ]; then
    openssl rand -base64 32 >"$settings/secrets.key.part"
    mv "$settings/secrets.key.part" "$settings/secrets.key"
  fi
  use "$checkout"
  systemctl enable polyroom.service
  say "Fill in $settings/polyroom.env, copy $settings/secrets.key to another machine, then: systemctl start polyroom"
}

command_upgrade() {
  require_built
  local previous file
  previous=$(readlink -e "$current") || fail "nothing is installed: run host.sh install"
  [ "$previous" != "$checkout" ] || fail "$checkout is the version that runs: run host.sh of the new one"
  require_data
  file=$backups/before-$(basename "$checkout")-$now.tar.gz
  install -d -m 700 "$backups"
  trap 'systemctl start polyroom.service' EXIT
  systemctl stop polyroom.service
  archive "$file"
  trap - EXIT
  use "$checkout"
  if systemctl start polyroom.service; then
    say "$checkout runs. The data before are in $file, the code in $previous."
    return
  fi
  systemctl stop polyroom.service
  use "$previous"
  replace_data "$file"
  systemctl start polyroom.service || fail "neither $checkout nor $previous becomes ready: see journalctl -u polyroom"
  fail "$checkout did not become ready (journalctl -u polyroom); $previous runs again, with the data before"
}

command_backup() {
  local file
  file=$(realpath "$1")
  [ ! -d "$file" ] || fail "$file is a directory: name a file in it"
  require_data
  while_stopped archive "$file"
  say "$file has all data except recordings and $settings"
}

command_restore() {
  local file
  file=$(realpath "$1")
  tar --list --gzip --file "$file" polyroom/ >/dev/null 2>&1 || fail "$file is not a backup of host.sh"
  while_stopped replace_data "$file"
  say "$state has the data of $file; those before are in $state.replaced-$now"
}

usage() { fail "usage: host.sh install | upgrade | backup FILE | restore FILE"; }

case "${1:-} $#" in
  'install 1' | 'upgrade 1' | 'backup 2' | 'restore 2') ;;
  *) usage ;;
esac
[ "$(id -u)" -eq 0 ] || fail "must run as root"
"command_$1" "${@:2}"
