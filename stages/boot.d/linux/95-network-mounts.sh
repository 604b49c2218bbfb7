#!/bin/sh
# Mounts what fstab lists on the network, last and each with a limit. Where the network is brought up by a
# service, it is not there yet: then the service netmount does this, and this duty only says so.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
wanted=
network_line() {
    ! is_network "$M_TYPE" "$M_OPTIONS" || has_option noauto "$M_OPTIONS" || wanted=yes
}
each_mount network_line "$FSTAB"
[ "$wanted" ] || skip "none in fstab"
network_is_up || skip "no network yet"

deadline 0 # each mount has its own limit
bad=
network_mount() {
    is_network "$M_TYPE" "$M_OPTIONS" && ! has_option noauto "$M_OPTIONS" || return 0
    ! is_mounted "$M_DIR" || return 0
    plain "$M_DIR"
    limit "${NETMOUNT_LIMIT:-30}" mount "$PLAIN" && return
    if has_option nofail "$M_OPTIONS"; then say "$PLAIN not mounted (nofail)"; else bad="$bad $PLAIN"; fi
}
each_mount network_mount "$FSTAB"
[ -z "$bad" ] || { say "not mounted:$bad" && exit 1; }
