#!/bin/sh
# Releases LVM, device mapper, md arrays and loop devices, whose files would keep the root file system from
# becoming read-only. What is still in use (by the root itself) stays, and that is no error.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
# udevd is down: nobody would answer those who wait for it.
export DM_DISABLE_UDEV=1
used=
for mapped in /dev/mapper/*; do
    case $mapped in */control | */'*') ;; *) used=yes ;; esac
done
if [ $used ]; then
    ! have vgchange || limit 20 vgchange -a n >/dev/null 2>&1
    ! have dmsetup || limit 20 dmsetup remove_all >/dev/null 2>&1
fi
arrays=
for array in /sys/block/md*/md; do
    [ ! -d "$array" ] || arrays=yes
done
[ -z $arrays ] || ! have mdadm || limit 20 mdadm --stop --scan >/dev/null 2>&1
for loop in /sys/block/loop*/loop/backing_file; do
    [ -e "$loop" ] || continue
    loop=${loop#/sys/block/}
    limit 10 losetup -d "/dev/${loop%%/*}" >/dev/null 2>&1
done
exit 0
