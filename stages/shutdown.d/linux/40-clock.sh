#!/bin/sh
# The hardware clock set from the system time.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
case ${HARDWARECLOCK:=UTC} in
    UTC | utc) mode=-u ;;
    local*) mode=-l ;;
    *) skip "HARDWARECLOCK=$HARDWARECLOCK" ;;
esac
[ -e /dev/rtc ] || [ -e /dev/rtc0 ] || skip "no clock"
have hwclock || skip "no hwclock"
# util-linux' notes the drift in /etc/adjtime, unless told not to
if [ ! -w /etc ]; then limit 10 hwclock -w "$mode" --noadjfile 2>/dev/null && exit 0; fi
limit 10 hwclock -w "$mode"
