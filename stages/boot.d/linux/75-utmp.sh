#!/bin/sh
# An empty table of who is logged in, and the record of this boot in wtmp.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

bad=
# table FILE: make it if need be, owned by group utmp where there is one
table() {
    [ ! -e "$1" ] || return 0
    : >"$1" || { bad="$bad $1" && return; }
    chmod 0664 "$1"
    chgrp utmp "$1" 2>/dev/null
}
table /run/utmp
[ ! -d /var/log ] || table /var/log/wtmp
# `halt -B` only writes the record; another system's halt refuses the option.
! have halt || halt -B 2>/dev/null
[ -z "$bad" ] || { say "not made:$bad" && exit 1; }
