#!/bin/sh
# Stops what was started from /etc/init.d, in the order of the headers, and notes the run level of the way down. The
# network and what the others log to are left to 52-sysv, when the file systems of the network are unmounted.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

level=0
! flag_is_set reboot || level=6
{ echo $level >"${RUNIT_ROOT-}/run/runit.runlevel"; } 2>/dev/null || :
dir=${RUNIT_ROOT-}/etc/rc$level.d
for mark in "${RUNIT_RUN}"/sysv/*; do
    [ -e "$mark" ] || skip "none was started"
    break
done
[ -d "$dir" ] || skip "no $dir"
have sysv-rc || skip "no sysv-rc"
deadline 0
sysv-rc -t "${SYSV_LIMIT:-90}" -x "${SYSV_LAST-networking network-manager nfs-common rpcbind open-iscsi} $STOP_LAST" stop "$dir"
