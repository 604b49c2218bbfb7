#!/bin/sh
# The name of the machine: HOSTNAME of rc.conf, else the first line of /etc/hostname.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
# shellcheck disable=SC3028 # lib.sh has emptied what bash would set
name=${HOSTNAME-}
[ "$name" ] || while read -r name _; do
    case $name in '' | '#'*) name= ;; *) break ;; esac
done 2>/dev/null </etc/hostname
[ "$name" ] || skip "no name given"
if [ -w /proc/sys/kernel/hostname ]; then
    echo "$name" >/proc/sys/kernel/hostname
else
    hostname "$name"
fi
