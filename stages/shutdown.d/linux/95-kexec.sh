#!/bin/sh
# Starts the kernel that is loaded for it, when the flag kexec asks for that; with none loaded it is a reboot.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

flag_is_set kexec || exit 0
loaded=0
{ read -r loaded </sys/kernel/kexec_loaded; } 2>/dev/null
if [ "$loaded" != 1 ]; then
    say "no kernel loaded for kexec: reboot"
    chmod 0 "$RUNIT_ETC/kexec"
    flag_set reboot
    exit 1
fi
# Without the program process 1 asks the kernel itself.
have kexec || exit 0
sync
limit 20 kexec -e
