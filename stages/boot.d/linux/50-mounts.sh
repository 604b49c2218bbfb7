#!/bin/sh
# Mounts what fstab lists, but for the network's (95-network-mounts). `nofail` entries may fail with a word;
# any other failure is severe: a service would write into the empty directory below.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
[ -r "$FSTAB" ] || skip "no fstab"
bad=
local_mount() {
    case $M_DIR in / | none | swap | ignore) return ;; esac
    [ "$M_TYPE" != swap ] && ! has_option noauto "$M_OPTIONS" || return 0
    ! is_network "$M_TYPE" "$M_OPTIONS" || return 0
    ! is_mounted "$M_DIR" || return 0
    plain "$M_DIR"
    mount "$PLAIN" </dev/null && return
    if has_option nofail "$M_OPTIONS"; then say "$PLAIN not mounted (nofail)"; else bad="$bad $PLAIN"; fi
}
each_mount local_mount "$FSTAB"
[ -z "$bad" ] || { say "not mounted:$bad" && exit 100; }
