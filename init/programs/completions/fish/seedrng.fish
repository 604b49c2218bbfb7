# Completion of seedrng for fish: its option, and directories.

complete -c seedrng -x -a '(__fish_complete_directories)'
complete -c seedrng -s V -d 'print the version'
