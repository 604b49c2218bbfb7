#!/bin/sh
# The services of STOP_LAST down, and then every process but ours.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"
. "$RUNIT_ETC/processes.sh"

deadline $((${SVWAIT_STOP:=25} * 2 + ${KILL_WAIT:=5} * 2 + 20))
stop_services late
end_processes late "$KILL_WAIT"
