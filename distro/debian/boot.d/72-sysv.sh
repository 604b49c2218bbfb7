#!/bin/sh
# The scripts of /etc/rcS.d whose work neither a duty of boot.d nor a service does. Those of /etc/rc2.d are run by
# the service sysv, beside the other services.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

dir=${RUNIT_ROOT-}/etc/rcS.d
[ -d "$dir" ] || skip "no $dir"
[ ! -e "$RUNIT_RUN/sysv-none" ] || skip none # as 25-devices has seen
have sysv-rc || skip "no sysv-rc"
# each script has a limit of its own
deadline 0
sysv-rc -t "${SYSV_LIMIT:-90}" start "$dir"
