#!/bin/sh
# The administrator's own hook.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

for hook in "$RUNIT_ETC/rc.shutdown" /etc/rc.shutdown; do
    [ -x "$hook" ] || continue
    deadline "${RC_SHUTDOWN_LIMIT:=60}"
    "$hook" </dev/null
    exit
done
skip "none"
