#!/bin/sh
# Encrypted volumes of /etc/crypttab, by the scripts of the package cryptsetup, before file systems are checked and
# mounted; between the two of them volume groups that lie on such a volume. They may ask for a passphrase, and so
# have no limit.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
volumes=
{ while read -r word _; do case $word in '' | '#'*) ;; *) volumes=yes ;; esac; done <"${RUNIT_ROOT-}/etc/crypttab"; } 2>/dev/null
[ "$volumes" ] || skip "no volumes in crypttab"
scripts=${RUNIT_ROOT-}/etc/init.d
[ -x "$scripts/cryptdisks" ] || skip "no $scripts/cryptdisks"
deadline 0
[ ! -x "$scripts/cryptdisks-early" ] || RUNIT_SYSV=pass "$scripts/cryptdisks-early" start
! have vgchange || limit 60 vgchange -aay >/dev/null 2>&1 || say "vgchange: not all volume groups are active"
RUNIT_SYSV=pass "$scripts/cryptdisks" start
