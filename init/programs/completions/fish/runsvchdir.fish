# Completion of runsvchdir for fish: the levels of $RUNSVDIR or /etc/runit/runsvdir.

function __runit_levels
    set -l dir /etc/runit/runsvdir
    set -q RUNSVDIR; and set dir $RUNSVDIR
    for level in $dir/*/
        string match -r '[^/]+(?=/$)' $level | string match -v -r '^current$|\.new$'
    end
end

complete -c runsvchdir -f
complete -c runsvchdir -s l -d 'current, previous and all levels'
complete -c runsvchdir -s n -d 'what a switch would stop and start'
complete -c runsvchdir -s w -d 'wait for the services'
complete -c runsvchdir -s o -x -a 'stop-first start-first' -d 'who goes first'
complete -c runsvchdir -l confirm -x -d 'go back after seconds, unless confirmed'
complete -c runsvchdir -l yes -d 'stay in the level'
complete -c runsvchdir -a '(__runit_levels)'
