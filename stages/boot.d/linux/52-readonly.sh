#!/bin/sh
# On a root file system that is read-only, by wish or after a bad check: what the services cannot do without is
# copied into memory and laid over the original, so that the machine can be logged in to and repaired.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
root_is_readonly || exit 0
copies=$RUNIT_RUN/copies
bad=
is_mounted "$copies" || { mkdir -p "$copies" && mount -t tmpfs -o nosuid,nodev,mode=0755 copies "$copies"; } || exit 1
# The supervisors write into the service directories, runsvchdir into that of the levels.
for dir in /etc/sv "$RUNIT_ETC/runsvdir"; do
    [ -d "$dir" ] || continue
    ! is_mounted "$dir" || continue
    copy=$copies/${dir##*/}
    cp -a "$dir" "$copies/" && mount --bind "$copy" "$dir" || bad="$bad $dir"
done
is_mounted /tmp || mount -t tmpfs -o nosuid,nodev,mode=1777 tmp /tmp || bad="$bad /tmp"
say "read-only root: /etc/sv, $RUNIT_ETC/runsvdir and /tmp are kept in memory until the next boot"
[ -z "$bad" ] || { say "but not:$bad" && exit 1; }
