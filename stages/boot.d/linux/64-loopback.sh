#!/bin/sh
# The loopback interface up.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

flags=
{ read -r flags </sys/class/net/lo/flags; } 2>/dev/null
[ "$flags" ] || skip "no lo"
[ $((flags & 1)) = 0 ] || exit 0
if have ip; then
    ip link set dev lo up
elif have ifconfig; then
    ifconfig lo 127.0.0.1 up
else
    skip "no ip"
fi
