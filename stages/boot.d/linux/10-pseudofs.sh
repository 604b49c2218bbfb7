#!/bin/sh
# The kernel's own file systems, each only where nothing is mounted yet (an initramfs or a container manager
# may have been first), and /run/runit. It must never mount over what is there.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

# Where the services of packages keep their state; and, by the same process, what later duties, sshd and ifupdown ask for.
set -- "$RUNIT_RUN/supervise"
[ "$RUNIT_RUN" != /run/runit ] || {
    set -- "$@" /run/user
    [ ! -e /usr/lib/udev/rules.d/85-hwclock.rules ] || set -- "$@" /run/udev/rules.d
    [ ! -x /usr/sbin/sshd ] || set -- "$@" /run/sshd
    [ ! -x /sbin/ifup ] || set -- "$@" /run/network
}
# All of it in one process. What that cannot do, and any container, is left to mount, one by one.
if [ "${CGROUP_MODE:-unified}" = unified ] && [ -r "$RUNIT_ETC/pseudofs.fstab" ] && ! in_container; then
    boot-duty mounts "$RUNIT_ETC/pseudofs.fstab" "$RUNIT_ETC/dev" "$@" 2>/dev/null && exit 0
fi

# MOUNTED = where something is mounted. The shell reads byte by byte: once for all that is asked below.
MOUNTED=
see_mounts() {
    MOUNTED=
    while read -r _ dir _; do MOUNTED="$MOUNTED $dir"; done
} 2>/dev/null <"$PROC/self/mounts"
bad=
see_mounts
# place TYPE DEVICE DIRECTORY OPTIONS
place() {
    in_list "$3" "$MOUNTED" && return
    in_container && [ ! -w "${3%/*}/" ] && return
    [ -d "$3" ] || mkdir -p "$3" || { bad="$bad $3" && return; }
    mount -t "$1" -o "$4" "$2" "$3" || bad="$bad $3"
}
place proc proc /proc nosuid,nodev,noexec
[ "$MOUNTED" ] || see_mounts
in_container || place sysfs sysfs /sys nosuid,nodev,noexec
place tmpfs run /run nosuid,nodev,mode=0755
in_container || place devtmpfs dev /dev nosuid,mode=0755
[ -d /dev/shm ] || mkdir -p /dev/pts /dev/shm
place devpts devpts /dev/pts nosuid,noexec,gid=5,mode=0620,ptmxmode=0666
place tmpfs shm /dev/shm nosuid,nodev,mode=1777
# Everybody may write there, and is not to fill /run.
in_container || place tmpfs lock /run/lock nosuid,nodev,noexec,mode=1777,size=5m
if [ "${CGROUP_MODE:-unified}" = unified ] && [ -d /sys/fs/cgroup ] && ! in_container; then
    place cgroup2 cgroup2 /sys/fs/cgroup nosuid,nodev,noexec,nsdelegate
fi
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/
[ -e /dev/stdin ] || ln -s fd/0 /dev/stdin
[ -e /dev/stdout ] || ln -s fd/1 /dev/stdout
[ -e /dev/stderr ] || ln -s fd/2 /dev/stderr
[ -d "$RUNIT_RUN/supervise" ] || mkdir -p "$@"
[ -z "$bad" ] || { say "not mounted:$bad" && exit 1; }
