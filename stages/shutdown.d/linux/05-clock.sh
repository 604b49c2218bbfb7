#!/bin/sh
# The hardware clock set from the system time, where the two are more than a second apart: begun here, while the
# services stop, since hwclock waits up to a second for the right moment; 58-clock-set waits for its end.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
case ${HARDWARECLOCK:=UTC} in
    UTC | utc) mode=-u ;;
    local*) mode=-l ;;
    *) skip "HARDWARECLOCK=$HARDWARECLOCK" ;;
esac
# What the kernel reads from the clock it takes for UTC. The system's time is that of its start and the time since,
# in whole seconds, without a process that says it.
clock= started=
while read -r word started _; do
    [ "$word" != btime ] || break
done 2>/dev/null <"$PROC/stat"
now
if [ "$mode" = -u ] && { read -r clock <"${RUNIT_ROOT-}/sys/class/rtc/rtc0/since_epoch"; } 2>/dev/null && [ "$clock" ]; then
    case $((clock - ${started:-0} - NOW / 100)) in -1 | 0 | 1 | 2) exit 0 ;; esac
fi
[ -e /dev/rtc ] || [ -e /dev/rtc0 ] || skip "no clock"
have hwclock || skip "no hwclock"
# util-linux' notes the drift in /etc/adjtime, unless told not to
set_clock() {
    if [ ! -w /etc ]; then limit 10 hwclock -w "$mode" --noadjfile 2>/dev/null && return; fi
    limit 10 hwclock -w "$mode"
}
if [ -w "$RUNIT_RUN" ]; then
    set_clock &
    echo $! >"$RUNIT_RUN/clock"
else
    set_clock
fi
