# Completion of halt, poweroff and reboot for fish.

complete -c halt -f
complete -c halt -s f -d 'end the machine at once'
complete -c halt -l force -d 'end the machine at once'
complete -c halt -s n -d 'with -f: do not write the disks first'
complete -c halt -l no-sync -d 'with -f: do not write the disks first'
complete -c halt -s p -d 'as halt: switch off as well'
complete -c halt -l poweroff -d 'as halt: switch off as well'
complete -c halt -s w -d 'only write the record of the shutdown'
complete -c halt -l wtmp-only -d 'only write the record of the shutdown'
complete -c halt -s B -d 'only write the record of the boot'
complete -c halt -s d -d 'with -f: no record of the shutdown'
complete -c halt -l no-wtmp -d 'with -f: no record of the shutdown'
complete -c halt -s k -d 'as reboot: start the loaded kernel'
complete -c halt -l kexec -d 'as reboot: start the loaded kernel'
complete -c halt -l no-wall -d 'tell nobody'
complete -c halt -s h -d 'without effect'
complete -c halt -s i -d 'without effect'
complete -c halt -l help -d 'print the usage'
complete -c poweroff -w halt
complete -c reboot -w halt
