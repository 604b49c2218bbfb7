#!/bin/sh
# /etc/localtime as TIMEZONE of rc.conf says.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

[ "${TIMEZONE-}" ] || skip "none asked for"
zone=/usr/share/zoneinfo/$TIMEZONE
[ -r "$zone" ] || { say "no $zone" && exit 1; }
[ "$(readlink /etc/localtime)" = "$zone" ] || ln -sf "$zone" /etc/localtime
