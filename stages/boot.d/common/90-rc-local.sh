#!/bin/sh
# The administrator's own /etc/rc.local.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

for hook in "$RUNIT_ETC/rc.local" /etc/rc.local; do
    [ -x "$hook" ] || continue
    deadline "${RC_LOCAL_LIMIT:=300}"
    "$hook" </dev/null
    exit
done
skip "none"
