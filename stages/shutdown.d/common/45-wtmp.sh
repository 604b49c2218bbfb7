#!/bin/sh
# The record of this shutdown in wtmp.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

have halt || skip "no halt"
limit 10 halt -w 2>/dev/null || skip "not written"
