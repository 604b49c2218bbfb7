#!/bin/sh
# The root file system writable, with its options of fstab; not where fstab says `ro`, nor after a bad check.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
[ ! -e "$RUNIT_RUN/root-bad" ] || skip "its check failed: it stays read-only"
root_line() {
    [ "$M_DIR" != / ] || root_options=$M_OPTIONS
}
root_options=
each_mount root_line "$FSTAB"
has_option ro "$root_options" && skip "fstab says ro"
is_mounted / || skip "unknown root"
case $MOUNTED_TYPE in rootfs | ramfs | squashfs | erofs | iso9660 | udf) skip "$MOUNTED_TYPE" ;; esac
has_option ro "$MOUNTED_OPTIONS" || [ "$root_options" ] || skip "writable already"
# In our own process where that is all the same; mount knows the rest, and says why not.
[ -z "$root_options" ] || ! boot-duty remount-root "$root_options" 2>/dev/null || exit 0
mount -o "remount,rw${root_options:+,$root_options}" /
