# shellcheck shell=sh
# Stage 3, in a pid namespace of its own: who is ended, in which order, and what is said of it. sleep(1) under
# the name runsv stands for a supervisor, and a script for runsvstop(8).

# inside: runs the shell code of standard input as process 1 of a new pid namespace; stage3 in it is stage 3
_inside() {
    cp "$stages"/shutdown.d/common/[0-9]*.sh "$stages"/shutdown.d/linux/30-left-processes.sh "$T/etc/shutdown.d/"
    rm "$T/etc/shutdown.d/45-wtmp.sh" # it would write to this machine's wtmp
    cp "$(command -v sleep)" "$T/bin/runsv"
    mkdir -p "$T/service"
    program runsvstop <<'P'
[ "$1" != -l ] || exit 1
echo "runsvstop $*"
except= file=
while getopts aw:x:s: option; do
    case $option in x) except=$OPTARG ;; s) file=$OPTARG ;; esac
done
[ -z "$file" ] || true >"$file"
for pid in /proc/[0-9]*; do
    case $(tr '\0' ' ' <$pid/cmdline) in *bin/runsv\ *) ;; *) continue ;; esac
    name=$(tr '\0' ' ' <$pid/cmdline) name=${name#*runsv } name=${name% }
    [ "$name" != 7777 ] || continue # cannot be spoken to
    [ -z "$file" ] || echo "${pid#/proc/} $name" >>"$file"
    case " $except " in *" $name "*) ;; *) kill "${pid#/proc/}" ;; esac
done 2>/dev/null
P
    {
        echo "stage3() { setsid --wait $TEST_SHELL $T/etc/3; echo \"stage 3 ended with \$?\"; }"
        cat <<'I'
until_there() { until [ -s "$1" ]; do sleep 0.1; done; }
# waits for a process whose command line is that, to the letter
_until_runs() {
    until for pid in /proc/[0-9]*; do
        [ "$(tr '\0' ' ' 2>/dev/null <"$pid/cmdline")" != "$1 " ] || break
    done 2>/dev/null && [ "$(tr '\0' ' ' 2>/dev/null <"$pid/cmdline")" = "$1 " ]; do sleep 0.1; done
}
I
        cat
        echo true # a process that is gone by the time it is looked at is no failure
    } >"$T/inside.sh"
    unshare --pid --fork --mount-proc sh "$T/inside.sh" >"$T/out" 2>&1 </dev/null
    cat "$T/out"
}

# A service: its supervisor (for that many seconds, which is its name here) and a process that outlives it.
_service() {
    mkdir -p "$T/service/$1/supervise"
    mkfifo "$T/service/$1/supervise/control"
    echo "setsid sh -c 'cd $T/service/$1; $2 & echo \$! >$T/$1.pid; exec $T/bin/runsv $1' &
until_there $T/$1.pid
_until_runs '$2'
_until_runs '$T/bin/runsv $1'"
}

a_process_that_ignores_term_is_named_and_killed() {
    echo KILL_WAIT=1 >"$T/etc/rc.conf"
    _inside <<C
setsid sh -c 'trap "" TERM HUP; echo \$\$ >$T/stubborn; while :; do sleep 1; done' &
until_there $T/stubborn
stage3
[ -e /proc/\$(cat $T/stubborn) ] && grep State: /proc/\$(cat $T/stubborn)/status
echo end
C
    says 'stage 3 ended with 0'
    grep -q "TERM to process $(_inner_pid): sh -c trap" "$T/out"
    grep -q "KILL to process $(_inner_pid): sh -c trap" "$T/out"
    quiet_on 'State:	S'
    quiet_on 'State:	R'
}
_inner_pid() { cat "$T/stubborn"; }

a_process_that_heeds_term_is_not_killed() {
    _inside <<C
setsid sleep 1234 &
_until_runs 'sleep 1234'
stage3
C
    says ': sleep 1234'
    quiet_on 'KILL to process'
    says 'stage 3 ended with 0'
}

an_interactive_shell_that_ignores_term_gets_hup() {
    echo KILL_WAIT=20 >"$T/etc/rc.conf"
    _inside <<C
setsid env --default-signal=HUP sh -c 'trap "" TERM; trap "echo got HUP; exit" HUP; echo x >$T/up; while :; do sleep 0.1; done' &
until_there $T/up
stage3
C
    says 'got HUP'
    quiet_on 'KILL to process'
}

what_a_service_leaves_behind_is_named_after_it() {
    code=$(_service 4321 'sleep 999')
    _inside <<C
$code
stage3
C
    says "runsvstop -a -w 25 -x udevd"
    grep -q 'TERM to process .*: sleep 999  (of service 4321)' "$T/out"
}

late_services_go_on_until_the_rest_is_gone() {
    cat >"$T/etc/rc.conf" <<'R'
STOP_LAST='5002'
SVWAIT_STOP=3
R
    early=$(_service 5001 'sleep 601') late=$(_service 5002 'sleep 602')
    cat >"$T/etc/shutdown.d/52-look.sh" <<D
#!/bin/sh
for pid in /proc/[0-9]*; do tr '\0' ' ' <\$pid/cmdline; echo; done >$T/seen 2>/dev/null
D
    _inside <<C
$early
$late
stage3
C
    grep -q 'sleep 602' "$T/seen"
    ! grep -q 'sleep 601' "$T/seen"
    ! grep -q 'runsv 5001' "$T/seen"
    grep -q 'runsv 5002' "$T/seen"
    says "runsvstop -a -w 3 -x 5002 -s $T/run/sessions"
    grep -q 'runsvstop -a -w 3 -x $' "$T/out"
    says 'sleep 602  (of service 5002)'
}

a_service_may_take_longer_than_a_duty_if_it_says_so() {
    printf 'SVWAIT_STOP=1\nDUTY_LIMIT=1\n' >"$T/etc/rc.conf"
    code=$(_service 4321 'sleep 999')
    echo 300 >"$T/service/4321/timeout-stop"
    mkdir "$T/service/other"
    echo soon >"$T/service/other/timeout-stop"
    _inside <<C
$code
cat $T/run/duty >/dev/null 2>&1 # none yet
cat >$T/bin/runsvstop <<'P'
#!/bin/sh
read -r _ _ limit <"$T/run/duty"
echo "limit \$limit"
P
stage3
C
    says 'limit 340'
}

supervisors_that_cannot_be_spoken_to_are_ended_too() {
    _inside <<C
setsid $T/bin/runsv 7777 &
_until_runs '$T/bin/runsv 7777'
stage3
for pid in /proc/[0-9]*; do tr '\0' ' ' <\$pid/cmdline; done >$T/after 2>/dev/null
C
    ! grep -q 'runsv 7777' "$T/after"
    says 'stage 3 ended with 0'
}

a_process_marked_as_needed_to_the_end_is_left_alone() {
    ln -s "$(command -v sleep)" "$T/bin/@keeper"
    _inside <<C
(cd $T/bin && exec setsid ./@keeper 888) &
setsid env -i PATH=$T/bin @keeper 777 &
_until_runs '@keeper 777'
_until_runs './@keeper 888'
stage3
for pid in /proc/[0-9]*; do tr '\0' ' ' <\$pid/cmdline; done >$T/after 2>/dev/null
C
    says './@keeper 888' # only a name that begins with the mark counts
    grep -q '@keeper 777' "$T/after"
}

a_hook_that_hangs_does_not_hang_the_machine() {
    echo RC_SHUTDOWN_LIMIT=1 >"$T/etc/rc.conf"
    printf '#!/bin/sh\necho hook\nsleep 1000\n' >"$T/etc/rc.shutdown"
    chmod +x "$T/etc/rc.shutdown"
    _inside <<C
stage3
C
    says hook
    says '20-rc-shutdown: ended by its limit of 1 s'
    says 'stage 3 ended with 0'
}

a_stage_3_that_does_not_come_to_its_end_is_ended() {
    printf 'SHUTDOWN_LIMIT=1\nSVWAIT_STOP=1\n' >"$T/etc/rc.conf"
    printf '#!/bin/sh\ndeadline 0\necho stuck\nsleep 1000\n' >"$T/etc/shutdown.d/11-stuck.sh"
    _inside <<C
stage3
C
    says stuck
    says '3: not at its end after 3 s: ended by force'
    says 'stage 3 ended with 137'
}

a_stage_3_that_ends_leaves_no_process_behind() {
    _inside <<C
stage3
all() { for pid in /proc/[0-9]*; do tr '\0' ' ' <\$pid/cmdline; echo; done 2>/dev/null; }
# what was told to end may take a moment
tries=0
while [ \$tries -lt 100 ] && all | grep -q 'sleep 650\|etc/3'; do
    tries=\$((tries + 1))
    sleep 0.1
done
all
C
    says 'stage 3 ended with 0'
    quiet_on 'sleep 650'
    quiet_on 'etc/3'
}

a_failing_shutdown_duty_is_named_and_changes_nothing() {
    printf '#!/bin/sh\nexit 100\n' >"$T/etc/shutdown.d/11-bad.sh"
    printf '#!/bin/sh\nexit 101\n' >"$T/etc/shutdown.d/12-bad.sh"
    _inside <<C
stage3
C
    says '11-bad: FAILED (100)'
    says '12-bad: FAILED (101)'
    quiet_on 'emergency shell:'
    says 'stage 3 ended with 0'
    grep -q 55-late-services "$T/run/shutdown-times"
    [ ! -e "$T/etc/reboot" ]
}
