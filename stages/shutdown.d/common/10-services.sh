#!/bin/sh
# All services down, in parallel; each supervisor waits for its logger, so that no line is lost. Those of
# STOP_LAST (what the others log to, and the network) follow in 55-late-services, once the rest is gone.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"
. "$RUNIT_ETC/processes.sh"

deadline $((${SVWAIT_STOP:=25} * 2 + 20))
remember_sessions
stop_services early
