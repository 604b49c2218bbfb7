# Completion of runsv for fish: service directories.

complete -c runsv -x -a '(__fish_complete_directories)'
