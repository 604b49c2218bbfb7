# Completion of utmpset for fish: its option, and the terminals there are.

function __runit_lines
    for line in /dev/tty?* /dev/pts/*
        test -c $line; and string replace /dev/ '' $line
    end
end

complete -c utmpset -x -a '(__runit_lines)'
complete -c utmpset -s w -d 'a record in wtmp, too'
complete -c utmpset -s V -d 'print the version'
