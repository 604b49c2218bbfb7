#!/bin/sh
# Ends what runs beside the services: sessions of users, and what services have left behind. The late
# services (STOP_LAST) and what belongs to them go on.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"
. "$RUNIT_ETC/processes.sh"

deadline $((${KILL_WAIT:=5} * 2 + 20))
end_processes early "$KILL_WAIT"
