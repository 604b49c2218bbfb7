# Completion of runsvdir for fish: its option, and directories.

complete -c runsvdir -x -a '(__fish_complete_directories)'
complete -c runsvdir -s P -d 'each runsv in a session of its own'
