#!/bin/sh
# The boot as Debian's sysvinit has it: every script of /etc/rcS.d, those of the package initscripts included.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

deadline 0
PATH=/usr/sbin:/usr/bin:/sbin:/bin sysv-rc -a -t "${SYSV_LIMIT:-90}" start "${RUNIT_ROOT-}/etc/rcS.d"
