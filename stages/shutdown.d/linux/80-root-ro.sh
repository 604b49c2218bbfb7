#!/bin/sh
# The root file system read-only. Where something still holds it open for writing, the kernel is asked to make
# all that is mounted read-only.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
is_mounted / || skip "unknown root"
case $MOUNTED_TYPE in rootfs | ramfs | tmpfs) skip "$MOUNTED_TYPE" ;; esac
has_option ro "$MOUNTED_OPTIONS" && exit 0
sync
limit "${UMOUNT_LIMIT:-10}" mount -o remount,ro / 2>/dev/null && exit 0
say "busy: asking the kernel"
if [ -w "$PROC/sysrq-trigger" ] && echo u >"$PROC/sysrq-trigger"; then
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        is_mounted / && has_option ro "$MOUNTED_OPTIONS" && exit 0
        nap
    done
fi
# in mount's own words
limit "${UMOUNT_LIMIT:-10}" mount -o remount,ro /
