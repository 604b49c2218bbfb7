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
# The kernel has set the time itself, taking the clock for UTC.
[ "$mode$by_kernel" != -u1 ] || exit 0
[ -e /dev/rtc ] || [ -e /dev/rtc0 ] || skip "no clock"
have hwclock || skip "no hwclock"
if [ "$by_kernel" = 1 ]; then
    limit 20 hwclock --systz "$mode"
else
    limit 20 hwclock -s "$mode"
fi
