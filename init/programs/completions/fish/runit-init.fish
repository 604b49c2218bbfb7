# Completion of runit-init, init and telinit for fish: the words it knows, and the levels.

function __runit_init_levels
    for level in /etc/runit/runsvdir/*/
        string match -r '[^/]+(?=/$)' $level | string match -v -r '^current$|\.new$'
    end
end

complete -c runit-init -f
complete -c runit-init -s V -d 'print the version'
complete -c runit-init -a 0 -d 'power off'
complete -c runit-init -a 6 -d 'restart'
complete -c runit-init -a '1 S' -d 'level single'
complete -c runit-init -a '2 3 4 5' -d 'level default'
complete -c runit-init -a q -d 'look for new services now'
complete -c runit-init -a u -d 'go on as the installed version'
complete -c runit-init -a '(__runit_init_levels)'
complete -c init -w runit-init
complete -c telinit -w runit-init
