#!/bin/sh
# Releases md arrays, LVM and encrypted disks, so that they are clean at the next boot. What the root file
# system lies on stays in use, and that is no error.
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
if [ $arrays ] && have mdadm; then
    limit 20 mdadm --wait-clean --scan >/dev/null 2>&1
    limit 20 mdadm --stop --scan >/dev/null 2>&1
fi
exit 0
