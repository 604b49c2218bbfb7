#!/bin/sh
# Device nodes and the drivers of what is plugged in: by udev, else by mdev, else what devtmpfs has made.
# The udevd started here goes on until the service udevd takes over; in a level without it, for good.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container

# The drivers for what the kernel found, where no udev asks for them: one modprobe with all the names.
coldplug() {
    have modprobe || return 0
    read -r release </proc/sys/kernel/osrelease
    [ -e "/lib/modules/$release/modules.alias" ] || [ -e "/lib/modules/$release/modules.alias.bin" ] || return 0
    set --
    while read -r file; do
        { read -r alias <"$file"; } 2>/dev/null && [ "$alias" ] && set -- "$@" "$alias"
    done <<LIST
$(find /sys/devices -name modalias)
LIST
    [ $# = 0 ] || modprobe -a -b -q -- "$@" 2>/dev/null || :
}

with_udev() {
    for udevd in /usr/lib/systemd/systemd-udevd /lib/systemd/systemd-udevd /usr/lib/udev/udevd /lib/udev/udevd \
        /usr/sbin/udevd /sbin/udevd; do
        [ -x "$udevd" ] && break
    done
    [ -x "$udevd" ] && have udevadm || return 1
    say udev
    deadline $((${UDEV_SETTLE:=60} + 60))
    [ -S /run/udev/control ] || "$udevd" --daemon || return 1
    udevadm trigger --action=add --type=subsystems
    udevadm trigger --action=add --type=devices
    udevadm settle --timeout="$UDEV_SETTLE" || { say "devices still being set up after $UDEV_SETTLE s" && exit 1; }
}

with_mdev() {
    have mdev && [ -e /etc/mdev.conf ] || return 1
    say mdev
    mdev -s
    coldplug
}

case ${DEVICES:=auto} in
    auto) with_udev || with_mdev || { say devtmpfs && coldplug; } ;;
    udev | mdev) "with_$DEVICES" || { say "no $DEVICES here" && exit 1; } ;;
    *) say devtmpfs ;;
esac
