# Completion of wait4path for fish: its options, and files.

complete -c wait4path -s t -x -d 'seconds to wait at most'
complete -c wait4path -s V -d 'print the version'
