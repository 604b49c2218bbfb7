# Completion of runlevel for fish: its option.

complete -c runlevel -f
complete -c runlevel -s q -d 'print nothing'
complete -c runlevel -l quiet -d 'print nothing'
