#!/bin/sh
# The loopback interface up.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

flags=
{ read -r flags </sys/class/net/lo/flags; } 2>/dev/null
[ "$flags" ] || skip "no lo"
[ $((flags & 1)) = 1 ] || boot-duty loopback || ip link set dev lo up
