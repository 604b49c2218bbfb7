#!/bin/sh
# Unmounts every file system that keeps data, last mounted first, in up to three rounds; one that stays busy is
# made read-only and detached, so that nothing of it is lost. The root and what the kernel makes up stay.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
deadline 0 # each umount has its own limit
note_dir() {
    case $M_TYPE in
        proc | sysfs | devtmpfs | devpts | cgroup | cgroup2 | securityfs | debugfs | tracefs | mqueue | hugetlbfs) return ;;
        efivarfs | pstore | bpf | configfs | fusectl | binfmt_misc | autofs | rootfs | ramfs | nsfs | rpc_pipefs) return ;;
    esac
    case $M_DIR in
        / | /proc | /sys | /dev | /run | /dev/*) return ;;
        /run/*) [ "$M_TYPE" != tmpfs ] || return 0 ;;
    esac
    dirs="$M_DIR $dirs"
}
for round in 1 2 3; do
    dirs=
    each_mount note_dir "$PROC/self/mounts"
    [ "$dirs" ] || exit 0
    [ $round = 1 ] || nap
    for dir in $dirs; do
        plain "$dir"
        if [ $round = 3 ]; then
            limit "${UMOUNT_LIMIT:-10}" umount "$PLAIN"
        else
            limit "${UMOUNT_LIMIT:-10}" umount "$PLAIN" 2>/dev/null
        fi
    done
done
dirs=
each_mount note_dir "$PROC/self/mounts"
[ "$dirs" ] || exit 0
for dir in $dirs; do
    plain "$dir"
    say "$PLAIN stays busy: read-only and detached"
    limit "${UMOUNT_LIMIT:-10}" mount -o remount,ro "$PLAIN"
    limit "${UMOUNT_LIMIT:-10}" umount -l "$PLAIN"
done
exit 1
