# Completion of runsvstop for fish: its options, and directories.

complete -c runsvstop -s a -d 'all supervisors of the machine'
complete -c runsvstop -s w -x -d 'seconds for each service'
complete -c runsvstop -s x -x -d 'services to leave alone'
complete -c runsvstop -s s -r -d 'note whose each session is'
complete -c runsvstop -s l -d 'list what runs'
complete -c runsvstop -s V -d 'print the version'
