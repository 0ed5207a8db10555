#!/usr/bin/env bash
# Makes the root file system of an image: Debian packages, what they depend on, and nothing else. It has no shell and no
# package manager. Needs Debian's apt with current package lists.
#   rootfs.sh FOLDER PACKAGE...
# Packages are extracted and not configured, which libraries do not need. /var/lib/dpkg/status.d lists them, where scanners
# of images look.
set -euo pipefail

root=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archives/partial" "$root"/{etc/ssl/certs,proc,dev,sys,tmp,var/lib/dpkg/status.d}
# An empty list of installed packages, so that apt fetches every dependency.
touch "$work/status"
apt-get -qq -o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/archives" \
  -o APT::Sandbox::User=root -o Debug::NoLocking=true \
  install --download-only --yes --no-install-recommends "$@" >/dev/null

for package in "$work"/archives/*.deb; do
  # Without manual pages, changelogs and the character sets of iconv, which Node.js does not use; licences remain.
  dpkg-deb --fsys-tarfile "$package" | tar --extract --directory="$root" \
    --exclude='./usr/share/doc/*/changelog*' --exclude='./usr/share/doc/*/NEWS*' --exclude='./usr/share/man' \
    --exclude='./usr/share/locale' --exclude='./usr/share/lintian' --exclude='*/gconv' --exclude='./usr/share/gcc' \
    --exclude='./usr/share/gdb'
  dpkg-deb --field "$package" >"$root/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"
done

cp --dereference /etc/os-release "$root/etc/os-release"
# The authorities of the system: what `node --use-system-ca` and OpenSSL read.
cp --dereference /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
printf '%s\n' 'root:x:0:0:root:/:/usr/sbin/nologin' \
  'polyroom:x:10001:10001:polyroom:/nonexistent:/usr/sbin/nologin' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'polyroom:x:10001:' >"$root/etc/group"
chmod 1777 "$root/tmp"
