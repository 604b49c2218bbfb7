# shellcheck shell=sh
# How services and processes are ended; read by the duties that end them, and no duty itself (it has no number).
# It decides who gets which signal when, and names whom it signals. It must never end its own session (the
# stage), process 1, or a service of STOP_LAST before its turn.

# `shutdown -t` says it for this time.
if [ -r "$RUNIT_RUN/kill-wait" ]; then read -r KILL_WAIT <"$RUNIT_RUN/kill-wait"; fi

# Calls function $1 for each runsv of TABLE: RUNSV (its pid), and what each_process sets.
each_runsv() {
    runsv_call=$1
    each_process if_runsv
}
if_runsv() {
    RUNSV=$P_PID command=
    { read -r command <"$PROC/$RUNSV/comm"; } 2>/dev/null
    [ "$command" != runsv ] || $runsv_call
}

# LATE = the sessions of the services that stop last, in the first pass ($1 = early); none in the late one.
late_sessions() {
    LATE=
    [ "$1" = early ] && [ -r "$RUNIT_RUN/sessions" ] || return 0
    while read -r session name && [ "$session" ]; do # theirs come first, up to an empty line
        in_list "$name" "$STOP_LAST" && LATE="$LATE $session"
    done <"$RUNIT_RUN/sessions"
}

# Stops the services, early: but for STOP_LAST; late: all. First whose supervisor can be spoken to: of the level,
# of a level before, of a user's own tree; each has its own time (see runsvstop). Which service a session belongs
# to is noted before. Then what is left of them.
stop_services() {
    except=
    [ "$1" = late ] || except=$STOP_LAST
    if have runsvstop; then
        set -- "$1" runsvstop -a -w "$SVWAIT_STOP" -x "$except"
        [ "$1" = late ] || [ ! -d "$RUNIT_RUN" ] || set -- "$@" -s "$RUNIT_RUN/sessions"
        pass=$1
        shift
        # It names them itself, and 0 says that none is left.
        if SVDIR=$SVDIR "$@"; then return 0; fi
        set -- "$pass"
    else
        say "no runsvstop: TERM to the supervisors"
    fi
    late_sessions "$1"
    others=
    look
    each_runsv end_other
    now
    until=$((NOW + 500))
    while [ "$others" ] && [ "$NOW" -lt "$until" ]; do
        nap
        others=
        look
        each_runsv note_other
        now
    done
}
# LONGEST = the longest time that a service asks for itself; SVWAIT_STOP where none asks for more. The stage looks
# once for all of its duties.
longest_stop() {
    [ -z "${LONGEST-}" ] || return 0
    LONGEST=$SVWAIT_STOP
    for limit_file in "$SVDIR"/*/timeout-stop; do
        seconds_asked=
        { read -r seconds_asked <"$limit_file"; } 2>/dev/null
        case $seconds_asked in '' | *[!0-9]*) continue ;; esac
        [ "${#seconds_asked}" -gt 6 ] || [ "$seconds_asked" -le "$LONGEST" ] || LONGEST=$seconds_asked
    done
}
end_other() { in_list "$P_SESSION" "$LATE" || { kill -s TERM "$RUNSV" 2>/dev/null && others=yes; }; }
note_other() { in_list "$P_SESSION" "$LATE" || others=yes; }

# Ends every process but process 1, the stage's own session, kernel threads, those that mark themselves with an
# @ as needed to the end (a daemon the root file system depends on) and, in the early pass ($1), the late
# services. TERM (and HUP where there is a terminal: a shell ignores TERM), up to $2 seconds (at half
# time HUP to all), KILL.
end_processes() {
    process $$ # the stage and its duties are one session
    own_session=$P_SESSION
    look
    late_sessions "$1"
    FAMILY=
    [ -z "$LATE" ] || family "$LATE"
    find_left
    [ "$LEFT" ] || return 0
    name_left TERM
    # shellcheck disable=SC2086 # lists of numbers
    {
        kill -s TERM $LEFT
        kill -s CONT $LEFT
        [ -z "$LEFT_TTY" ] || kill -s HUP $LEFT_TTY
        now
        half=$((NOW + $2 * 50)) until=$((NOW + $2 * 100))
        while [ "$LEFT" ] && [ "$NOW" -lt "$until" ]; do
            nap
            look
            find_left
            now
            [ "$NOW" -lt "$half" ] || { kill -s HUP $LEFT && half=$until; }
        done
        [ "$LEFT" ] || return 0
        name_left KILL
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            kill -s KILL $LEFT
            nap
            look
            find_left
            [ "$LEFT" ] || return 0
        done
    } 2>/dev/null
    say "cannot be killed:$LEFT"
    return 1
}

# LEFT, LEFT_TTY = the processes of TABLE that end_processes is to end, and those of them that have a terminal.
find_left() {
    LEFT= LEFT_TTY=
    each_process if_left
}
if_left() {
    [ "$P_PID" != 1 ] && [ "$P_SESSION" != "$own_session" ] || return 0
    case $P_STATE in Z | X) return ;; esac
    in_list "$P_SESSION" "$LATE" || in_list "$P_PID" "$FAMILY" && return
    process "$P_PID" && [ "$P_SESSION" != "$own_session" ] || return 0
    first=
    { read -r first <"$PROC/$P_PID/cmdline"; } 2>/dev/null
    case $first in @*) return ;; esac
    LEFT="$LEFT $P_PID"
    [ "$P_TTY" = 0 ] || LEFT_TTY="$LEFT_TTY $P_PID"
}

# Says which processes of LEFT get signal $1: number, command, and the service it came from.
name_left() {
    named=0
    for pid in $LEFT; do
        named=$((named + 1))
        [ $named -le 40 ] || { say "... and others" && return; }
        process "$pid" || continue
        [ "$P_NAME" != "(udev-worker)" ] || continue # its udevd is named
        command=$(tr '\0' ' ' <"$PROC/$pid/cmdline" 2>/dev/null)
        service_of "$pid"
        say "$1 to process $pid: ${command:-$P_NAME}${SERVICE:+ (of service $SERVICE)}"
    done
}

# SERVICE = the service process $1 came from, by its session or its cgroup; empty if nothing tells.
service_of() {
    SERVICE=
    if [ -r "$RUNIT_RUN/sessions" ]; then
        while read -r session name; do
            [ "$session" != "$P_SESSION" ] || { SERVICE=$name && return; }
        done <"$RUNIT_RUN/sessions"
    fi
    { while read -r group; do
        case $group in
            */runit/*)
                SERVICE=${group##*/runit/}
                SERVICE=${SERVICE%%/*}
                ;;
        esac
    done <"$PROC/$1/cgroup"; } 2>/dev/null
}

# For the worst: a process beside the stage ends it when all of it together takes longer than SHUTDOWN_LIMIT and
# what services ask for. Process 1 then goes on as if it had ended. Where even KILL does not end the stage (it
# waits for a disk that does not answer) the kernel is asked to write, to mount read-only, and to end the machine.
last_resort() {
    : "${SVWAIT_STOP:=25}" "${SHUTDOWN_LIMIT:=600}"
    longest_stop
    (
        trap 'kill -s KILL $! 2>/dev/null; exit 0' TERM
        trap '' HUP INT QUIT TSTP
        DUTY=3
        sleep $((SHUTDOWN_LIMIT + LONGEST * 2)) &
        wait $!
        say "not at its end after $((SHUTDOWN_LIMIT + LONGEST * 2)) s: ended by force"
        kill -s KILL $$
        in_container && exit 0
        sleep 30 &
        wait $!
        say "cannot be ended: asking the kernel"
        end=o
        ! flag_is_set reboot || end=b
        ! flag_is_set kexec || end=b
        for key in s u $end; do
            echo "$key" >"$PROC/sysrq-trigger"
            sleep 2
        done
    ) </dev/null &
    last_resort=$!
}
