#!/bin/sh
# All services down, in parallel, each in its own time (timeout-stop in its directory, else SVWAIT_STOP); each
# supervisor waits for its logger, so that no line is lost. Those of STOP_LAST (what the others log to, and the
# network) follow in 55-late-services, once the rest is gone.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"
. "$RUNIT_ETC/processes.sh"

: "${SVWAIT_STOP:=25}"
longest_stop
deadline $((LONGEST + 40))
stop_services early
