# Completion of coldplug for fish: its options, and directories.

complete -c coldplug -x -a '(__fish_complete_directories)'
complete -c coldplug -s n -d 'only print the paths'
complete -c coldplug -s w -x -d 'seconds to wait for somebody who listens'
complete -c coldplug -s V -d 'print the version'
