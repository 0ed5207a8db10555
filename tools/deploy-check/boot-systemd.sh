#!/usr/bin/env bash
# Boots systemd and nothing else, in namespaces of its own, with a copy-on-write view of this machine: a user `polyroom`, and a
# checkout as /opt/polyroom/one with a media worker. Everything ends with this process. Needs root.
# usage: boot-systemd.sh CHECKOUT WORKER
set -euo pipefail
checkout=$1 worker=$2
case ${3:-} in
  '')
    exec unshare --mount --uts --ipc --net --pid --fork --kill-child --mount-proc bash "$0" "$checkout" "$worker" inside
    ;;
  inside)
    ip link set lo up
    mount -t tmpfs tmpfs /run
    # A control group of its own, which becomes the root of the next namespace.
    mkdir /run/cgroup
    mount -t cgroup2 none /run/cgroup
    group=$(mktemp -d /run/cgroup/polyroom-boot-XXXXXX)
    echo $$ >"$group/cgroup.procs"
    umount /run/cgroup
    exec unshare --cgroup bash "$0" "$checkout" "$worker" alone
    ;;
  alone)
    mount -t cgroup2 none /sys/fs/cgroup
    mkdir -p /run/systemd/system /run/etc /run/etc-work
    mount -t overlay overlay -o "lowerdir=/etc,upperdir=/run/etc,workdir=/run/etc-work" /etc
    mount -t tmpfs tmpfs /opt
    mkdir -p /opt/polyroom/one /opt/upper /opt/work
    mount -t overlay overlay -o "lowerdir=$checkout,upperdir=/opt/upper,workdir=/opt/work" /opt/polyroom/one
    install -D -m 755 "$worker" /opt/polyroom/worker
    # As if this user had set it up.
    install -d -m 755 /opt/polyroom/one/.polyroom /opt/polyroom/one/.polyroom/setup
    chmod 755 /opt/polyroom/one /opt/polyroom/one/.polyroom /opt/polyroom/one/.polyroom/setup
    rm -f /opt/polyroom/one/.polyroom/setup/worker-path
    echo /opt/polyroom/worker >/opt/polyroom/one/.polyroom/setup/worker-path
    for folder in /var/lib /var/cache /var/backups /var/tmp /tmp; do mount -t tmpfs -o mode=1777 tmpfs "$folder"; done
    chmod 755 /var/lib /var/cache /var/backups
    useradd --system --home-dir /opt/polyroom --shell /usr/sbin/nologin polyroom
    # Credentials are mounted by another process.
    mount --make-rshared /
    mkdir -p /run/systemd/system/polyroom.service.d
    printf '[Unit]\nDefaultDependencies=no\n' >/run/systemd/system/boot.target
    # Neither a journal nor other units run here.
    printf '[Unit]\nDefaultDependencies=no\n[Service]\nStandardOutput=append:/run/polyroom.log\n' \
      >/run/systemd/system/polyroom.service.d/boot.conf
    exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=boot.target --log-target=console
    ;;
esac
