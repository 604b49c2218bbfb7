#!/bin/sh
# Stops the scripts of /etc/init.d that 15-sysv has left: the network, once nothing is mounted over it.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

dir=${RUNIT_ROOT-}/etc/rc0.d
! flag_is_set reboot || dir=${RUNIT_ROOT-}/etc/rc6.d
for mark in "${RUNIT_RUN}"/sysv/*; do
    [ -e "$mark" ] || skip "none is left"
    break
done
[ -d "$dir" ] || skip "no $dir"
have sysv-rc || skip "no sysv-rc"
deadline 0
sysv-rc -t "${SYSV_LIMIT:-90}" stop "$dir"
