#!/bin/sh
# Device nodes and the drivers of what is plugged in: by udev, else by mdev, else what devtmpfs has made.
# The udevd started here goes on until the service udevd takes over; in a level without it, for good.
# Where nothing before the services needs a device that is not there yet, udev is left to the service udevd as a
# whole: it sets up what is plugged in while the other services start.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container

# The drivers for what the kernel found, where no udev asks for them: one modprobe with all the names.
load_drivers() {
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

# Does the level that will run have the service udevd, which can do what is to be done here?
udevd_follows() {
    [ "${UDEV_BESIDE:-yes}" = yes ] || return 1
    . "$RUNIT_ETC/level.sh"
    pick_level "$RUNIT_ETC/runsvdir" >/dev/null
    [ -x "$RUNIT_ETC/runsvdir/$LEVEL/udevd/run" ] && [ ! -e "$RUNIT_ETC/runsvdir/$LEVEL/udevd/down" ]
}

# Is there anything before the services that may have to wait for a device?
devices_are_wanted() {
    [ ! -e /etc/lvm ] && [ ! -e /etc/mdadm ] && [ ! -e /etc/mdadm.conf ] && [ ! -e /dev/btrfs-control ] || return 0
    [ ! -s /etc/crypttab ] && [ ! -d /run/lvm ] && [ -z "${KEYMAP-}${FONT-}" ] || return 0
    wanted=
    wanted_line() {
        [ "$M_DIR" != / ] && ! has_option noauto "$M_OPTIONS" && ! is_network "$M_TYPE" "$M_OPTIONS" || return 0
        case $M_DEVICE in
            *=* | /dev/mapper/* | /dev/disk/*) wanted=yes ;;
            /dev/*) [ -e "$M_DEVICE" ] || has_option nofail "$M_OPTIONS" || wanted=yes ;;
        esac
    }
    each_mount wanted_line "$FSTAB"
    [ -z "$wanted" ] || return 0
    # Whatever an administrator's script does, and those of Debian's packages that are no services.
    for hook in "$RUNIT_ETC/rc.local" /etc/rc.local; do [ ! -x "$hook" ] || return 0; done
    [ -d /etc/rcS.d ] && have sysv-rc || return 1
    while read -r line; do
        case $line in '' | *': left out: '*) ;; *) return 0 ;; esac
    done <<LIST
$(sysv-rc -n start /etc/rcS.d 2>/dev/null)
LIST
    true >"$RUNIT_RUN/sysv-none" # nobody need look again
    return 1
}

with_udev() {
    for udevd in /usr/lib/systemd/systemd-udevd /lib/systemd/systemd-udevd /usr/lib/udev/udevd /lib/udev/udevd \
        /usr/sbin/udevd /sbin/udevd; do
        [ -x "$udevd" ] && break
    done
    [ -x "$udevd" ] && have udevadm || return 1
    if [ -w "$RUNIT_RUN" ] && [ ! -S /run/udev/control ] && udevd_follows && ! devices_are_wanted; then
        say "udev: beside the services"
        # services do not read rc.conf
        echo "${UDEV_SETTLE:-60}" >"$RUNIT_RUN/devices-due"
        return 0
    fi
    say udev
    deadline $((${UDEV_SETTLE:=60} + 60))
    [ -S /run/udev/control ] || "$udevd" --daemon || return 1
    # The daemon may begin to listen only after its parent has ended.
    coldplug -w 10 || { udevadm trigger --action=add --type=subsystems && udevadm trigger --action=add --type=devices; }
    udevadm settle --timeout="$UDEV_SETTLE" || { say "devices still being set up after $UDEV_SETTLE s" && exit 1; }
}

with_mdev() {
    have mdev && [ -e /etc/mdev.conf ] || return 1
    say mdev
    mdev -s
    load_drivers
}

case ${DEVICES:=auto} in
    auto) with_udev || with_mdev || { say devtmpfs && load_drivers; } ;;
    udev | mdev) "with_$DEVICES" || { say "no $DEVICES here" && exit 1; } ;;
    *) say devtmpfs ;;
esac
