# Completion of sv and its older names for fish: options, commands, and the services of $SVDIR or of the usual
# directory.

# No command was typed yet.
function __runit_sv_needs_command
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case -w -vw
                set -e words[1]
                set -e words[1]
            case '-*'
                set -e words[1]
            case '*'
                return 1
        end
    end
    return 0
end

function __runit_sv_logs
    contains -- log (commandline -opc)
end

function __runit_sv_services
    set -l dir $SVDIR
    if test -z "$dir"
        for try in /etc/service /var/service /service
            if test -d $try
                set dir $try
                break
            end
        end
    end
    for service in $dir/*/
        set -l name (string match -r '[^/]+(?=/$)' $service)
        echo $name
        test -d $service/log; and echo $name/log
    end
end

complete -c sv -f
complete -c sv -n 'not __runit_sv_logs' -s v -d 'wait and report for every command'
complete -c sv -n 'not __runit_sv_logs' -s w -x -d 'seconds to wait'
complete -c sv -n 'not __runit_sv_logs' -s V -d 'print the version'
complete -c sv -n __runit_sv_needs_command -a status -d 'print how it is'
complete -c sv -n __runit_sv_needs_command -a up -d 'start it, again and again'
complete -c sv -n __runit_sv_needs_command -a down -d 'TERM, and do not start it again'
complete -c sv -n __runit_sv_needs_command -a once -d 'start it, but not again'
complete -c sv -n __runit_sv_needs_command -a pause -d 'send STOP'
complete -c sv -n __runit_sv_needs_command -a cont -d 'send CONT'
complete -c sv -n __runit_sv_needs_command -a hup -d 'send HUP'
complete -c sv -n __runit_sv_needs_command -a alarm -d 'send ALRM'
complete -c sv -n __runit_sv_needs_command -a interrupt -d 'send INT'
complete -c sv -n __runit_sv_needs_command -a quit -d 'send QUIT'
complete -c sv -n __runit_sv_needs_command -a term -d 'send TERM'
complete -c sv -n __runit_sv_needs_command -a kill -d 'send KILL'
complete -c sv -n __runit_sv_needs_command -a exit -d 'down, and its runsv exits'
complete -c sv -n __runit_sv_needs_command -a start -d 'up, and wait'
complete -c sv -n __runit_sv_needs_command -a stop -d 'down, and wait'
complete -c sv -n __runit_sv_needs_command -a restart -d 'end it and start it, and wait'
complete -c sv -n __runit_sv_needs_command -a try-restart -d 'restart if it is up'
complete -c sv -n __runit_sv_needs_command -a reload -d 'HUP, and print how it is'
complete -c sv -n __runit_sv_needs_command -a check -d 'wait until it is as it was asked to be'
complete -c sv -n __runit_sv_needs_command -a shutdown -d 'exit, and wait'
complete -c sv -n __runit_sv_needs_command -a log -d 'print its log'
complete -c sv -n __runit_sv_needs_command -a force-stop -d 'stop, and KILL at the end of the time'
complete -c sv -n __runit_sv_needs_command -a force-restart -d 'restart, and KILL at the end of the time'
complete -c sv -n __runit_sv_needs_command -a force-reload -d 'try-restart, and KILL at the end of the time'
complete -c sv -n __runit_sv_needs_command -a force-shutdown -d 'shutdown, and KILL at the end of the time'
complete -c sv -n 'not __runit_sv_needs_command' -a '(__runit_sv_services)'
complete -c sv -n __runit_sv_logs -s f -d 'go on printing'
complete -c sv -n __runit_sv_logs -s d -x -a '(__fish_complete_directories)' -d 'of several directories this one'
complete -c sv -n __runit_sv_logs -s n -x -d 'only the last lines'

complete -c runsvctrl -x -a '(__fish_complete_directories)'
complete -c runsvctrl -n 'test (count (commandline -opc)) -eq 1' -x -a 'u d o x p c h a i q 1 2 t k'
complete -c runsvstat -x -a '(__fish_complete_directories)'
complete -c runsvstat -s l -d 'with the logger'
complete -c svwaitup -x -a '(__fish_complete_directories)'
complete -c svwaitup -s v -d 'say how long each has been up'
complete -c svwaitup -s s -x -d 'seconds they must have been up'
complete -c svwaitdown -x -a '(__fish_complete_directories)'
complete -c svwaitdown -s v -d 'say what became of each'
complete -c svwaitdown -s k -d 'KILL at the end of the time'
complete -c svwaitdown -s x -d 'until the runsv has exited'
complete -c svwaitdown -s t -x -d 'seconds to wait'
