#!/bin/sh
# Swap space listed in fstab.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
wanted=
swap_line() {
    [ "$M_TYPE" != swap ] || has_option noauto "$M_OPTIONS" || wanted=yes
}
each_mount swap_line "$FSTAB"
[ "$wanted" ] || skip "none in fstab"
have swapon || skip "no swapon"
swapon -a
