# Runs the program of an image as a container engine does: in its own root file system and namespaces, as its user,
# without privileges. Usage, in new namespaces of mounts, network, processes, host name and IPC:
#   container.sh ROOT UID GID WORKDIR HOSTS ADDRESS READ_ONLY PROGRAM [ARGUMENT ...]
# Prints a line when the namespaces exist, and reads one when the interface eth0 is there. The environment is the program's.
set -eu
root=$1 uid=$2 gid=$3 directory=$4 hosts=$5 address=$6 read_only=$7
shift 7
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
mount --bind "$hosts" "$root/etc/hosts"
[ "$read_only" = false ] || mount -o remount,bind,ro "$root"
echo isolated
read -r _
ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
exec setpriv --no-new-privs --bounding-set=-all,+setuid,+setgid,+sys_chroot \
  unshare --root="$root" --wd="$directory" --setgid="$gid" --setuid="$uid" "$@"
