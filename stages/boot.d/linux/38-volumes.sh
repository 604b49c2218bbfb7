#!/bin/sh
# Disks made of disks: md arrays, LVM, btrfs over several devices, each where its tool is installed.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
tools=
# An array that cannot be completed is a matter for the mounts that need it, not for this duty.
if [ -e /etc/mdadm.conf ] || [ -e /etc/mdadm/mdadm.conf ] && have mdadm; then
    tools="$tools mdadm"
    limit 60 mdadm --assemble --scan
fi
if [ -d /etc/lvm ] && have vgchange; then
    tools="$tools lvm"
    limit 60 vgchange --sysinit -a ay
fi
if [ -e /dev/btrfs-control ] && have btrfs; then
    tools="$tools btrfs"
    limit 60 btrfs device scan >/dev/null
fi
[ "$tools" ] || skip "none"
