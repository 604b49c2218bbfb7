#!/bin/sh
# An empty table of who is logged in, and the record of this boot in wtmp and, where it is used, wtmpdb.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

umask 002
made= bad=
for table in /run/utmp /var/log/wtmp; do
    [ ! -e "$table" ] || continue
    [ -d "${table%/*}" ] || continue
    case $table in /var/*) ! root_is_readonly || is_mounted /var || is_mounted /var/log || continue ;; esac
    if { true >"$table"; }; then made="$made $table"; else bad="$bad $table"; fi
done
# shellcheck disable=SC2086 # two names
[ -z "$made" ] || chgrp utmp $made 2>/dev/null
# `halt -B` only writes the record; another system's halt refuses the option.
! have halt || halt -B >/dev/null 2>&1
! have wtmpdb || limit 10 wtmpdb boot >/dev/null 2>&1 || bad="$bad wtmpdb"
[ -z "$bad" ] || { say "not made:$bad" && exit 1; }
