# shellcheck shell=sh
# Time limits of single commands, and the arithmetic of time.

a_command_within_its_limit_gives_its_own_exit_code() {
    lib >"$T/out" <<'C'
limit 50 sh -c 'exit 3'
echo "code $?"
limit 50 true && echo fine
C
    says 'code 3'
    says fine
}

a_command_that_hangs_is_ended_and_says_124() {
    lib >"$T/out" <<'C'
limit 1 sleep 1000
echo "code $?"
C
    says 'sleep: ended after 1 s'
    says 'code 124'
}

a_command_that_ignores_term_is_killed_with_its_children() {
    lib >"$T/out" <<'C'
limit 1 sh -c 'trap "" TERM; sh -c "echo \$\$ >$RUNIT_RUN/child; trap \"\" TERM; while :; do sleep 1; done"; true'
echo "code $?"
C
    says 'code 124'
    gone "$(cat "$T/run/child")"
}

the_guard_of_a_limit_goes_with_its_command() {
    lib >"$T/out" <<'C'
limit "$((100000 + $$))" true
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    left=
    for pid in /proc/[0-9]*; do
        case $(tr '\0' ' ' 2>/dev/null <"$pid/cmdline") in "sleep $((100000 + $$)) ") left=yes ;; esac
    done
    [ $left ] || break
    nap
done
echo "left: $left"
C
    is left "$(tail -n1 "$T/out")" 'left: '
}

seconds_have_two_digits_after_the_point() {
    mkdir "$T/proc"
    RUNIT_PROC=$T/proc
    export RUNIT_PROC
    lib >"$T/out" <<'C'
for up in 0.00 0.08 8.09 10.80 4711.99; do
    echo "$up 3.14" >"$PROC/uptime"
    now
    seconds "$NOW"
    [ "$SECONDS_TEXT" = $up ] || echo "wrong: $up gives $SECONDS_TEXT"
done
echo "all seen"
C
    is said "$(cat "$T/out")" "all seen"
}
