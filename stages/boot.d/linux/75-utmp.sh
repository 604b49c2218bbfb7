#!/bin/sh
# An empty table of who is logged in, and the record of this boot in wtmp and, where it is used, wtmpdb.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

bad=
boot-duty utmp || bad=" utmp"
! have wtmpdb || limit 10 wtmpdb boot >/dev/null 2>&1 || bad="$bad wtmpdb"
[ -z "$bad" ] || { say "not made:$bad" && exit 1; }
