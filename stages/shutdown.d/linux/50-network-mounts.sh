#!/bin/sh
# Unmounts the network's file systems while the network is still up; one that does not answer is forced, then
# detached.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
deadline 0 # each umount has its own limit
network_dirs=
note_network() {
    ! is_network "$M_TYPE" "$M_OPTIONS" || network_dirs="$M_DIR $network_dirs"
}
each_mount note_network "$PROC/self/mounts"
# What fstab calls _netdev does not say so in the table of mounts.
note_netdev() {
    ! is_network "$M_TYPE" "$M_OPTIONS" || in_list "$M_DIR" "$network_dirs" || ! is_mounted "$M_DIR" ||
        network_dirs="$M_DIR $network_dirs"
}
each_mount note_netdev "$FSTAB"
[ "$network_dirs" ] || exit 0
bad=
for dir in $network_dirs; do
    [ "$dir" != / ] || continue
    plain "$dir"
    limit "${UMOUNT_LIMIT:-10}" umount "$PLAIN" && continue
    limit "${UMOUNT_LIMIT:-10}" umount -f "$PLAIN" && continue
    say "$PLAIN does not let go: detached"
    limit "${UMOUNT_LIMIT:-10}" umount -l "$PLAIN" || bad="$bad $PLAIN"
done
[ -z "$bad" ] || { say "still mounted:$bad" && exit 1; }
