#!/bin/sh
# Checks the other file systems that fstab gives a pass number, before they are mounted.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
# What `shutdown -F` and -f have left for this boot.
[ ! -e "${RUNIT_ROOT-}/forcefsck" ] || FSCK=force
[ ! -e "${RUNIT_ROOT-}/fastboot" ] || FSCK=skip
for mark in "${RUNIT_ROOT-}/forcefsck" "${RUNIT_ROOT-}/fastboot"; do
    [ ! -e "$mark" ] || rm -f "$mark" 2>/dev/null
done
kernel_value fsck.mode && FSCK=$VALUE
[ "${FSCK:=auto}" != skip ] || skip "FSCK=skip"
wanted=
to_check() {
    [ "$M_DIR" = / ] || [ "${M_PASS:-0}" = 0 ] || has_option noauto "$M_OPTIONS" || wanted=yes
}
each_mount to_check "$FSTAB"
[ "$wanted" ] || skip "none in fstab"
have fsck || skip "no fsck"
deadline 0
if [ "$FSCK" = force ]; then
    fsck -A -R -T -M -f -y
else
    fsck -A -R -T -M -a
fi
code=$?
[ $code -gt 1 ] || exit 0
[ $code -ge 4 ] || { say "repaired: the machine must be restarted" && exit 101; }
say "fsck ended with $code: errors are left"
exit 100
