#!/bin/sh
# What the kernel said so far, kept with that of the boot before; for root alone where its log is, too.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
[ -d /var/log ] || skip "no /var/log"
boot-duty dmesg /var/log/dmesg.log
