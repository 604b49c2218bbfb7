# shellcheck shell=sh
# The runner of the duties: each its own process, named when it fails, timed, and limited.

a_failing_duty_is_named_and_the_next_one_runs() {
    duty 10-bad <<'D'
exit 7
D
    duty 20-good <<'D'
say here
D
    stage 1
    is code "$code" 0
    says 'runit: 10-bad: FAILED (7)'
    says 'runit: 20-good: here'
    says ', failed: 10-bad'
}

a_syntax_error_in_a_duty_does_not_end_the_boot() {
    duty 10-bad <<'D'
if then
D
    duty 20-good <<'D'
say here
D
    stage 1
    is code "$code" 0
    says '10-bad: FAILED'
    says '20-good: here'
}

what_a_duty_sets_does_not_reach_the_next_one() {
    duty 10-sets <<'D'
LEAK=yes
cd /
umask 777
set -e
trap '' TERM
D
    duty 20-looks <<'D'
say "leak=${LEAK-none} umask=$(umask) here=$PWD"
false
say "set -e is off"
D
    cd "$T" || return
    stage 1
    says "leak=none umask=0022 here=$T"
    says 'set -e is off'
}

a_duty_in_another_language_runs_as_its_interpreter_says() {
    printf '#!/bin/cat\nnot shell at all (\n' >"$T/etc/boot.d/10-cat.sh"
    chmod +x "$T/etc/boot.d/10-cat.sh"
    stage 1
    is code "$code" 0
    says 'not shell at all ('
    quiet_on FAILED
}

files_without_a_number_are_not_duties() {
    printf '#!/bin/sh\nsay wrong\n' >"$T/etc/boot.d/helper.sh"
    printf '#!/bin/sh\nsay wrong\n' >"$T/etc/boot.d/10-old.sh.bak"
    stage 1
    says '0 duties'
    quiet_on wrong
}

the_time_and_exit_code_of_each_duty_are_recorded() {
    duty 10-nap <<'D'
sleep 0.3
D
    duty 20-bad <<'D'
exit 9
D
    stage 1
    [ "$(wc -l <"$T/run/boot-times")" = 2 ]
    grep -Eq '^10-nap [0-9]+\.[0-9][0-9] 0$' "$T/run/boot-times"
    grep -Eq '^20-bad [0-9]+\.[0-9][0-9] 9$' "$T/run/boot-times"
    ! grep -q '^10-nap 0.0' "$T/run/boot-times"
}

a_second_run_starts_the_record_anew() {
    duty 10-one <<'D'
true
D
    stage 1
    stage 1
    [ "$(wc -l <"$T/run/boot-times")" = 1 ]
}

a_duty_before_run_is_mounted_is_recorded_all_the_same() {
    rm -r "$T/run"
    duty 10-mounts <<'D'
mkdir "$RUNIT_RUN"
D
    duty 20-after <<'D'
true
D
    stage 1
    grep -q '^10-mounts .* 0$' "$T/run/boot-times"
    grep -q '^20-after .* 0$' "$T/run/boot-times"
}

a_hanging_duty_is_ended_with_all_it_started() {
    echo DUTY_LIMIT=1 >"$T/etc/rc.conf"
    duty 10-hangs <<'D'
sh -c 'echo $$ >"$RUNIT_RUN/child"; trap "" TERM; while :; do sleep 1; done'
say "not reached"
D
    duty 20-good <<'D'
say here
D
    stage 1
    is code "$code" 0
    says '10-hangs: ended by its limit of 1 s'
    says '20-good: here'
    quiet_on 'not reached'
    gone "$(cat "$T/run/child")"
}

a_duty_may_take_longer_if_it_says_so() {
    echo DUTY_LIMIT=1 >"$T/etc/rc.conf"
    duty 10-slow <<'D'
deadline 0
sleep 3
say "came to its end"
D
    stage 1
    says 'came to its end'
    quiet_on FAILED
}

no_process_of_the_runner_outlives_the_stage() {
    duty 10-one <<'D'
limit 100 true
D
    RUNIT_MARK=$T
    export RUNIT_MARK
    stage 1
    tries=0
    while grep -zqsxF "RUNIT_MARK=$T" /proc/[0-9]*/environ && [ "$(_marked)" != "" ]; do
        tries=$((tries + 1))
        [ $tries -lt 50 ] || { echo "left: $(_marked)" && return 1; }
        sleep 0.1
    done
}
# The processes of this test besides the test itself.
_marked() {
    for environ in /proc/[0-9]*/environ; do
        grep -zqsxF "RUNIT_MARK=$T" "$environ" || continue
        pid=${environ#/proc/} pid=${pid%/environ}
        case $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) in *sleep* | */etc/1*) echo "$pid" ;; esac
    done
}

duties_can_be_left_out_by_name() {
    echo "SKIP_DUTIES='first third'" >"$T/etc/rc.conf"
    for name in 10-first 20-second 30-third; do
        duty $name <<'D'
say ran
D
    done
    stage 1
    says '10-first: skipped'
    says '20-second: ran'
    says '30-third: skipped'
    quiet_on 'first: ran'
}

a_mistake_in_rc_conf_is_named_and_the_defaults_are_used() {
    duty 10-looks <<'D'
say "limit $DUTY_LIMIT"
D
    printf 'DUTY_LIMIT=5\nif then\n' >"$T/etc/rc.conf"
    stage 1
    says 'mistake in'
    says 'limit 90'
    printf 'DUTY_LIMIT=5\nexit 0\n' >"$T/etc/rc.conf"
    stage 1
    says 'mistake in'
    says 'limit 90'
    printf 'DUTY_LIMIT=5\n[ -e /nowhere ] && X=1\n' >"$T/etc/rc.conf"
    stage 1
    quiet_on 'mistake in'
    says 'limit 5'
    # Another one with an old date, after one that was good.
    printf 'DUTY_LIMIT=5\nif then\n' >"$T/etc/rc.conf"
    touch -t 200001010000 "$T/etc/rc.conf"
    stage 1
    says 'mistake in'
    says 'limit 90'
}

# A sulogin of our own, its text from standard input: a function in rc.conf, for busybox's shell prefers its own
# sulogin to a program.
_sulogin() {
    { echo 'sulogin() {' && cat && echo '}'; } >>"$T/etc/rc.conf"
}

a_severe_failure_asks_for_the_password_and_then_tries_again() {
    duty 10-severe <<'D'
[ -e "$RUNIT_RUN/fixed" ] || exit 100
say "fixed now"
D
    duty 20-next <<'D'
say here
D
    _sulogin <<'D'
echo "sulogin $*"
: >"$RUNIT_RUN/fixed"
D
    echo EMERGENCY_TIMEOUT=17 >>"$T/etc/rc.conf"
    stage 1
    is code "$code" 0
    says 'sulogin -t 17'
    says 'fixed now'
    says '20-next: here'
    quiet_on ', failed'
}

a_severe_failure_that_stays_does_not_end_the_boot() {
    duty 10-severe <<'D'
exit 100
D
    duty 20-next <<'D'
say here
D
    _sulogin <<'D'
return 1
D
    stage 1
    is code "$code" 0
    says ', failed: 10-severe'
    says '20-next: here'
}

the_emergency_shell_may_take_longer_than_a_duty() {
    duty 10-severe <<'D'
[ -e "$RUNIT_RUN/fixed" ] || exit 100
D
    _sulogin <<'D'
sleep 4
echo "still in the shell"
: >"$RUNIT_RUN/fixed"
D
    echo DUTY_LIMIT=1 >>"$T/etc/rc.conf"
    stage 1
    says 'still in the shell'
    quiet_on 'ended by its limit'
}

a_repaired_root_restarts_the_machine() {
    ln -s "$T/run/flag.reboot" "$T/etc/reboot"
    duty 10-root <<'D'
exit 101
D
    duty 20-next <<'D'
say here
D
    stage 1
    is code "$code" 100
    is mode "$(mode "$T/etc/reboot")" 100
    quiet_on here
}

a_failure_that_forbids_going_on_ends_as_rc_conf_says() {
    duty 10-root <<'D'
exit 102
D
    _sulogin <<'D'
return 0
D
    for end in reboot halt; do
        echo EMERGENCY_END=$end >>"$T/etc/rc.conf"
        stage 1
        is code "$code" 100
        is mode "$(mode "$T/etc/$end")" 100
        rm -f "$T/etc/reboot" "$T/etc/halt"
    done
    echo EMERGENCY_END=poweroff >>"$T/etc/rc.conf"
    stage 1
    is code "$code" 100
    [ ! -e "$T/etc/reboot" ]
    [ ! -e "$T/etc/halt" ]
}
