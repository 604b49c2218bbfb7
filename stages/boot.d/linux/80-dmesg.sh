#!/bin/sh
# What the kernel said so far, kept with that of the boot before.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
have dmesg || skip "no dmesg"
[ -d /var/log ] || skip "no /var/log"
! root_is_readonly || is_mounted /var || is_mounted /var/log || skip "read-only root"
restricted=0
{ read -r restricted </proc/sys/kernel/dmesg_restrict; } 2>/dev/null
[ "$restricted" = 0 ] || umask 077
[ ! -e /var/log/dmesg.log ] || mv -f /var/log/dmesg.log /var/log/dmesg.log.old
# In one piece, where this dmesg knows how; else line by line, each from the kernel.
dmesg -S >/var/log/dmesg.log 2>/dev/null || dmesg >/var/log/dmesg.log
