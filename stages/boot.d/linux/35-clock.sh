#!/bin/sh
# System time from the hardware clock, which keeps UTC or local time as HARDWARECLOCK of rc.conf says.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
case ${HARDWARECLOCK:=UTC} in
    UTC | utc) mode=-u ;;
    local*) mode=-l ;;
    no | none) skip "HARDWARECLOCK=$HARDWARECLOCK" ;;
    *) say "HARDWARECLOCK='$HARDWARECLOCK' is neither UTC nor localtime" && exit 1 ;;
esac
by_kernel=
for rtc in /sys/class/rtc/rtc*/hctosys; do
    { read -r by_kernel <"$rtc"; } 2>/dev/null && [ "$by_kernel" = 1 ] && break
done
# Debian's rule for udev would do all of this once more, beside the services: it is left out for this boot.
instead_of_rule() {
    [ -e /usr/lib/udev/rules.d/85-hwclock.rules ] || return 0
    [ -d /run/udev/rules.d ] || mkdir -p /run/udev/rules.d || return 0
    true >/run/udev/rules.d/85-hwclock.rules
}
# The kernel has set the time itself, taking the clock for UTC. Its time zone is that of FAT file systems.
if [ "$mode$by_kernel" = -u1 ]; then
    # shellcheck disable=SC3013 # POSIX of 2024, and every sh here before it
    [ ! -e /etc/localtime ] || [ /etc/localtime -ef /usr/share/zoneinfo/Etc/UTC ] || ! have hwclock || hwclock --systz -u
    instead_of_rule
    exit 0
fi
[ -e /dev/rtc ] || [ -e /dev/rtc0 ] || skip "no clock"
have hwclock || skip "no hwclock"
if [ "$by_kernel" = 1 ]; then
    limit 20 hwclock --systz "$mode"
else
    limit 20 hwclock -s "$mode"
fi || exit 1
instead_of_rule
