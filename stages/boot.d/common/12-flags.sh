#!/bin/sh
# The flag files of process 1 in a known state: no stale reboot, halt or kexec from the last time where /run
# was kept. An executable stopit is left alone, and the others with it: that is a request made during this boot.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

# What a shutdown left where /run was kept: nobody but root could log in.
nologin=${RUNIT_ROOT-}/run/nologin
who=
{ read -r who _ <"$nologin"; } 2>/dev/null
[ "$who" != shutdown: ] || rm -f "$nologin"
set --
for mark in kill-wait shutdown-times rc.conf-tried; do
    [ ! -e "$RUNIT_RUN/$mark" ] || set -- "$@" "$RUNIT_RUN/$mark"
done
[ $# = 0 ] || rm -f "$@"

flag_is_set stopit && exit 0
for flag in reboot halt kexec; do
    if flag_is_set "$flag"; then chmod 0 "$RUNIT_ETC/$flag"; fi
done
# That these two exist says to Debian's tools that runit is process 1; some look only at those in /run.
umask 777
for flag in stopit reboot; do
    [ -e "${RUNIT_ROOT-}/run/runit.$flag" ] || { true >"${RUNIT_ROOT-}/run/runit.$flag"; } 2>/dev/null
    [ -e "$RUNIT_ETC/$flag" ] || { true >"$RUNIT_ETC/$flag"; } 2>/dev/null || true >"/run/runit.$flag"
done
