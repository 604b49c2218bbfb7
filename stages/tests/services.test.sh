# shellcheck shell=sh
# The services of sv-examples and the levels: nothing dangling, and nothing that is restarted each second where
# its program is not there.

services=$stages/../sv-examples
levels=$stages/../runsvdir-levels

every_service_of_a_level_exists_and_can_be_run() {
    for list in "$levels"/*/services; do
        while read -r name _; do
            case $name in '' | '#'*) continue ;; esac
            [ -x "$services/$name/run" ] || { echo "$list: no $name" && return 1; }
        done <"$list"
    done
    [ -s "$levels/default/services" ]
    [ -s "$levels/single/services" ]
}

every_script_of_every_service_is_executable_and_parses() {
    count=0
    for file in "$services"/*/run "$services"/*/finish "$services"/*/check "$services"/*/log/run "$services"/*/control/*; do
        case $file in *'*'*) continue ;; esac
        [ -x "$file" ] || { echo "$file: not executable" && return 1; }
        # shellcheck disable=SC2086
        $TEST_SHELL -n "$file"
        count=$((count + 1))
    done
    [ $count -gt 20 ]
}

# _run NAME: the run script of service NAME on a machine with nothing but pause(1), sv(8) and readlink(1)
_run() {
    cp -R "$services" "$T/sv"
    for tool in readlink cat; do ln -sf "$(command -v $tool)" "$T/bin/$tool"; done
    ln -sf "$(command -v dash || command -v sh)" "$T/bin/sh"
    program sv <<'P'
echo "sv $*"
P
    (cd "$T/sv/$1" && PATH=$T/bin "$T/bin/sh" ./run) >"$T/out" 2>&1 </dev/null
    cat "$T/out"
}

a_service_without_its_program_says_so_once_and_pauses() {
    program pause <<'P'
echo paused
P
    for name in cron syslogd; do
        _run $name
        grep -q "^$name: no .*: nothing to run" "$T/out"
        says paused
        is lines "$(wc -l <"$T/out")" 2
        rm -r "$T/sv"
    done
}

a_service_without_its_program_goes_down_where_there_is_no_pause() {
    _run cron
    says 'nothing to run'
    says 'sv down .'
}

a_getty_without_its_terminal_pauses() {
    program pause <<'P'
echo paused
P
    cp -R "$services" "$T/sv-with"
    cp -R "$services/getty-tty1" "$T/getty"
    services=$T/sv-with
    cp -R "$T/getty" "$services/getty-tty987"
    _run getty-tty987
    says 'getty-tty987: no /dev/tty987'
    says paused
}

the_console_s_getty_gives_way_to_one_of_that_line() {
    program pause <<'P'
echo paused
P
    mkdir -p "$T/tty/console" "$T/level/getty@ttyX9"
    echo 'tty0 ttyX9' >"$T/tty/console/active"
    export SYS_TTY="$T/tty" SVDIR="$T/level"
    _run getty-console
    says 'getty-console: no /dev/ttyX9'
    rm -r "$T/sv"
    true >"$T/level/getty@ttyX9/run"
    _run getty-console
    says 'getty-console: a service for ttyX9 is there'
    says paused
}

a_logger_that_cannot_write_does_not_stop_its_service() {
    mkdir -p "$T/sv/x/log"
    true >"$T/file"
    echo "LOG_DIR=$T/file/x" >"$T/sv/x/log/conf"
    cat >"$T/inner" <<I
mount -t tmpfs -o ro tmpfs /run
cd "$T/sv/x/log" && echo line | sh "$services/svlogd/run" && echo "taken"
I
    unshare --mount sh "$T/inner" >"$T/out" 2>&1
    says taken
}

a_logger_makes_its_directory_and_runs_as_its_own_user() {
    program svlogd <<'P'
echo "svlogd $*"
P
    program chpst <<'P'
echo "chpst $*"
P
    mkdir -p "$T/sv/x/log"
    echo "LOG_DIR=$T/logs/x LOG_USER=nobody" >"$T/sv/x/log/conf"
    (cd "$T/sv/x/log" && PATH=$T/bin:$PATH sh "$services/svlogd/run") >"$T/out" 2>&1
    says "chpst -u nobody svlogd -tt $T/logs/x"
    is owner "$(stat -c %U "$T/logs/x" "$T/logs/x/lock" | tr '\n' ' ')" 'nobody nobody '
    echo "LOG_DIR=$T/logs/x LOG_USER=no-such-user" >"$T/sv/x/log/conf"
    (cd "$T/sv/x/log" && PATH=$T/bin:$PATH sh "$services/svlogd/run") >"$T/out" 2>&1
    is line "$(cat "$T/out")" "svlogd -tt $T/logs/x"
}

a_logger_asks_who_there_is_only_where_its_lock_is_not_the_usual_users() {
    for name in svlogd chpst; do program $name <<P; done
echo "$name \$*"
P
    mkdir -p "$T/sv/x/log" "$T/logs/x"
    echo "LOG_DIR=$T/logs/x" >"$T/sv/x/log/conf"
    true >"$T/logs/x/lock"
    # Nobody is known here, so that it shows whether it asked.
    cat >"$T/inner" <<I
mount --bind "$T/logs/x/lock" /etc/passwd
cd "$T/sv/x/log" && PATH=$T/bin:$PATH sh "$services/svlogd/run"
I
    unshare --mount sh "$T/inner" >"$T/out" 2>&1
    is line "$(cat "$T/out")" "svlogd -tt $T/logs/x"
    chown 1 "$T/logs/x" "$T/logs/x/lock"
    unshare --mount sh "$T/inner" >"$T/out" 2>&1
    is line "$(cat "$T/out")" "chpst -u _runit-log svlogd -tt $T/logs/x"
}

no_shared_setting_file_is_needed_to_start() {
    # a service must not depend on the stages, but for the one that mounts what they left out
    ! grep -l 'lib\.sh' "$services"/*/run "$services"/*/finish | grep -v /netmount/
}

what_belongs_to_the_machine_is_not_touched_in_a_container() {
    program pause <<'P'
echo paused
P
    for name in klogd ntp udevd mdev; do
        cp -R "$services" "$T/sv"
        # a pid namespace has no kthreadd
        unshare --pid --fork --mount-proc sh -c "cd $T/sv/$name && PATH=$T/bin:$PATH sh ./run; true" >"$T/out" 2>&1
        says "$name: container: nothing to run"
        says paused
        rm -r "$T/sv"
    done
}
