# Completion of power-button for fish: its option, then a program.

complete -c power-button -s s -d 'wait for the sleep button'
complete -c power-button -x -a '(__fish_complete_subcommand)'
