# Completion of boot-duty for fish: its option, its words, and files.

complete -c boot-duty -n '__fish_is_first_arg' -x -a 'proc mounts remount-root loopback utmp dmesg'
complete -c boot-duty -s V -d 'print the version'
