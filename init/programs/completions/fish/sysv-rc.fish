# Completion of sysv-rc for fish: its options, what is to be done, and directories.

complete -c sysv-rc -s a -d 'also what boot.d does'
complete -c sysv-rc -s n -d 'only say what would run'
complete -c sysv-rc -s j -x -d 'most scripts at a time'
complete -c sysv-rc -s r -x -a '(__fish_complete_directories)' -d 'files from below a root'
complete -c sysv-rc -s t -x -d 'seconds for a script'
complete -c sysv-rc -s x -x -d 'scripts to leave alone'
complete -c sysv-rc -s V -d 'print the version'
complete -c sysv-rc -x -n 'not __fish_seen_subcommand_from start stop' -a 'start stop'
complete -c sysv-rc -x -n '__fish_seen_subcommand_from start stop' -a '(__fish_complete_directories)'
