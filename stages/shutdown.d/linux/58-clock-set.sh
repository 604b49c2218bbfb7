#!/bin/sh
# The hardware clock is set: the end of what 05-clock began, before the file systems go.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

setter=
{ read -r setter <"$RUNIT_RUN/clock"; } 2>/dev/null || exit 0
tries=0
while process "$setter" && [ "$P_STATE" != Z ]; do
    tries=$((tries + 1))
    [ $tries -lt 150 ] || { say "hwclock does not end" && exit 1; }
    nap
done
