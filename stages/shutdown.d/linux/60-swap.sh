#!/bin/sh
# Swap off, so that what it lies on can be released.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
[ -r "$PROC/swaps" ] || skip "kernel without swap"
{ read -r _ && read -r first _; } <"$PROC/swaps" || exit 0
have swapoff || skip "no swapoff"
deadline 90
limit 60 swapoff -a
