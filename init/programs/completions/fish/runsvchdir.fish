# Completion of runsvchdir for fish: the levels of $RUNSVDIR or /etc/runit/runsvdir.

function __runit_levels
    set -l dir /etc/runit/runsvdir
    set -q RUNSVDIR; and set dir $RUNSVDIR
    for level in $dir/*/
        string match -r '[^/]+(?=/$)' $level | string match -v -r '^current$|\.new$'
    end
end

complete -c runsvchdir -f
complete -c runsvchdir -n 'test (count (commandline -opc)) -eq 1' -a '(__runit_levels)'
