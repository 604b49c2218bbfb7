# Completion of svlogd for fish: options, and log directories.

complete -c svlogd -x -a '(__fish_complete_directories)'
complete -c svlogd -s t -d 'label lines: -t TAI64N, -tt and -ttt UTC'
complete -c svlogd -s r -x -d 'replace what is not printable'
complete -c svlogd -s R -x -d 'replace these, too'
complete -c svlogd -s l -x -d 'bytes of a line that patterns see'
complete -c svlogd -s b -x -d 'least size of the buffer'
complete -c svlogd -s v -d 'tell what is done'
complete -c svlogd -s V -d 'print the version'
