#!/bin/sh
# Checks the root file system, as its fstab line and FSCK of rc.conf (or fsck.mode= on the kernel's command
# line) say. What fsck answers: 0 clean; 1 repaired; 2, 3 repaired, restart; 4 and more: errors are left, or it
# could not check. It must never check a root that is mounted for writing.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
# `shutdown -F` and -f leave these for one boot; 45-fsck removes them.
[ ! -e "${RUNIT_ROOT-}/forcefsck" ] || FSCK=force
[ ! -e "${RUNIT_ROOT-}/fastboot" ] || FSCK=skip
kernel_value fsck.mode && FSCK=$VALUE
[ "${FSCK:=auto}" != skip ] || skip "FSCK=skip"
is_mounted / || skip "unknown root"
has_option ro "$MOUNTED_OPTIONS" || skip "writable already"

root_line() {
    [ "$M_DIR" = / ] && root_device=$M_DEVICE root_type=$M_TYPE root_pass=${M_PASS:-0}
}
root_device= root_type= root_pass=0
each_mount root_line "$FSTAB"
[ "$root_device" ] || skip "not in fstab"
[ "$root_pass" != 0 ] || skip "fstab says so"
is_network "$root_type" "" && skip "network"
[ "$root_type" != auto ] || root_type=$MOUNTED_TYPE
have "fsck.$root_type" || skip "no fsck.$root_type"

deadline 0 # a large disk takes its time
mode=-a
[ "$FSCK" != force ] || mode=-f
say "checking $root_device ($root_type)"
# -f of `fsck -f -y` is understood by the checkers of ext and fat alike. fsck(8) itself is only asked which device a
# name stands for.
by_name=
case $root_device in /dev/*) ;; *) ! have fsck || by_name=yes ;; esac
if [ $by_name ]; then
    set -- fsck -T
else
    set -- "fsck.$root_type"
fi
if [ $mode = -a ]; then set -- "$@" -a; else set -- "$@" -f -y; fi
if [ $by_name ]; then set -- "$@" /; else set -- "$@" "$root_device"; fi
"$@"
code=$?
# The mark is of the run before the emergency shell: a root that was repaired there, below the running kernel.
[ ! -e "$RUNIT_RUN/root-bad" ] || [ $code -ge 4 ] || code=2
case $code in
    0 | 1) exit 0 ;;
    2 | 3) say "repaired: the machine must be restarted" && exit 101 ;;
esac
say "fsck of $root_device ended with $code: errors are left"
true >"$RUNIT_RUN/root-bad"
[ "${ROOT_BAD:=readonly}" != stop ] || exit 102
say "if that stays so, the root file system is left read-only"
exit 100
