#!/bin/sh
# The services of STOP_LAST down, and then every process but ours.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"
. "$RUNIT_ETC/processes.sh"

: "${SVWAIT_STOP:=25}"
longest_stop
deadline $((LONGEST + ${KILL_WAIT:=5} * 2 + 60))
stop_services late
end_processes late "$KILL_WAIT"
