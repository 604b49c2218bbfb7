# Completion of runit-rs, all programs in one file, for fish: its names, and its own options.

complete -c runit-rs -n __fish_is_first_token -f -a '(runit-rs)'
complete -c runit-rs -l install -r -d 'link every name into a directory'
complete -c runit-rs -s V -d 'print the version'
