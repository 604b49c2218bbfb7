#!/bin/sh
# The record of this shutdown in wtmp and, where it is used, wtmpdb.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

! have wtmpdb || limit 10 wtmpdb shutdown >/dev/null 2>&1 || say "wtmpdb: not written"
have halt || skip "no halt"
limit 10 halt -w 2>/dev/null || skip "not written"
