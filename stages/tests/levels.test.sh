# shellcheck shell=sh
# Stage 2: which level is run, and that it never ends without runsvdir.

_level_directories() {
    mkdir -p "$T/etc/runsvdir/default" "$T/etc/runsvdir/single" "$T/etc/runsvdir/solo" "$T/proc/2"
    ln -s default "$T/etc/runsvdir/current"
    ln -s "$T/etc/runsvdir/current" "$T/service"
    echo '5.00 1.00' >"$T/proc/uptime"
    echo kthreadd >"$T/proc/2/comm"
    RUNIT_PROC=$T/proc
    export RUNIT_PROC
    unset container
    program runsvdir <<'P'
echo "runsvdir $1 $2, $# arguments"
env
P
    # What stage 2 needs of it: the two links, and a message.
    program runsvchdir <<P
[ ! -e "$T/readonly" ] || { echo "runsvchdir: fatal: read-only" >&2; exit 111; }
[ -d "$T/etc/runsvdir/\$1" ] || exit 111
ln -sfn "\$1" "$T/etc/runsvdir/current"
echo "runsvchdir \$1"
P
}

# line WORDS: stage 2 of a fresh boot with these words on the kernel's command line
_line() {
    echo "$1" >"$T/proc/cmdline"
    rm -f "$T/run/level-set"
    stage 2
}

the_kernel_command_line_picks_the_level() {
    _level_directories
    for words in runit.level=solo runitdir=solo 'quiet runit.level=single runitdir=solo ro' 'single runit.level=solo'; do
        _line "$words"
        says 'runsvchdir solo'
    done
    for words in single S s -s rescue emergency 'ro quiet single' 'runit.level=solo single' 'a="b c" single'; do
        _line "$words"
        says 'runsvchdir single'
        quiet_on 'no level'
    done
}

rescue_is_a_level_of_its_own_where_there_is_one() {
    _level_directories
    mkdir "$T/etc/runsvdir/rescue"
    _line rescue
    says 'runsvchdir rescue'
    _line emergency
    says 'runsvchdir single'
}

other_words_for_a_level_are_read_from_one_file() {
    _level_directories
    mkdir "$T/etc/runsvdir/4"
    cat >"$T/etc/runsvdir/aliases" <<'A'
# 1 solo
1  default
1  single# the last one counts
3	solo   # with a note
#2 solo
2  ../x
4  solo
5  solo solo
6  @reboot
7  nowhere
A
    printf '8 solo' >>"$T/etc/runsvdir/aliases"
    for pair in 1:single 3:solo 4:4 8:solo; do
        _line "runit.level=${pair%:*}"
        says "runsvchdir ${pair#*:}"
        quiet_on 'no level'
    done
    for word in 2 5 6 7 9 '#2'; do
        _line "runit.level=$word"
        says "no level '$word'"
        says 'runsvchdir default'
    done
    for word in 1 3 6; do # alone they are for the kernel
        _line "$word"
        says 'runsvchdir default'
        quiet_on 'no level'
    done
    echo 3 >"$T/etc/default.runsvdir"
    _line quiet
    says 'runsvchdir solo'
}

the_installed_aliases_are_those_of_system_v() {
    _level_directories
    cp "$stages/../runsvdir-levels/aliases" "$T/etc/runsvdir/"
    for pair in 1:single S:single s:single 2:default 3:default 4:default 5:default; do
        _line "runit.level=${pair%:*}"
        says "runsvchdir ${pair#*:}"
    done
}

no_other_word_picks_a_level() {
    _level_directories
    mkdir "$T/etc/runsvdir/quiet" "$T/etc/runsvdir/x=solo"
    for words in '' quiet 'solo ro' 'xrunit.level=solo' 'runit.level=' 'module.mode=single' 'x="a single b"' 'emergencyx' '*' "\$(touch $T/gotcha)"; do
        _line "$words"
        says 'runsvchdir default'
        quiet_on 'no level'
    done
    [ ! -e "$T/gotcha" ]
}

a_level_that_is_not_there_is_named_and_the_default_runs() {
    _level_directories
    for level in none ../default .hidden current previous a/b; do
        _line "runit.level=$level"
        says "no level '$level'"
        says 'runsvchdir default'
    done
}

the_file_default_runsvdir_names_the_level_to_boot() {
    _level_directories
    echo solo >"$T/etc/default.runsvdir"
    _line quiet
    says 'runsvchdir solo'
    _line 'runit.level=none'
    says "no level 'none'"
    says 'runsvchdir default'
    _line single
    says 'runsvchdir single'
    echo nowhere >"$T/etc/default.runsvdir"
    _line quiet
    says "no level 'nowhere'"
    says 'runsvchdir default'
}

a_container_does_not_listen_to_the_kernel_line_of_its_host() {
    _level_directories
    echo bash >"$T/proc/2/comm"
    _line single
    says 'runsvchdir default'
}

runsvdir_gets_a_clean_environment_and_a_title_to_log_to() {
    _level_directories
    SECRET=x
    export SECRET
    _line quiet
    says "runsvdir -P $T/service, 3 arguments"
    quiet_on SECRET
    says "PATH=$T/bin:"
    is dots "$(grep -o "log: [.]*'" "$T/etc/2" | tr -cd . | wc -c)" 395
}

a_second_run_of_stage_2_keeps_the_level_in_use_and_leaves_nothing_behind() {
    _level_directories
    _line single
    says 'runsvchdir single'
    ln -sfn solo "$T/etc/runsvdir/current" # the administrator went on to another level
    find "$T/etc/runsvdir" "$T/service" | sort >"$T/before"
    stage 2
    quiet_on runsvchdir
    says "runsvdir -P $T/service"
    find "$T/etc/runsvdir" "$T/service" | sort | cmp - "$T/before"
    is current "$(readlink "$T/etc/runsvdir/current")" solo
}

a_second_run_with_a_broken_current_picks_again() {
    _level_directories
    _line quiet
    ln -sfn gone "$T/etc/runsvdir/current"
    stage 2
    says 'runsvchdir default'
}

where_the_level_cannot_be_made_current_it_runs_itself() {
    _level_directories
    true >"$T/readonly"
    _line single
    says 'read-only'
    says "runsvdir -P $T/etc/runsvdir/single"
}

without_any_level_there_is_still_a_runsvdir() {
    _level_directories
    rm -r "$T/etc/runsvdir"
    { echo 'sulogin() {' && echo 'echo "sulogin $*"' && echo '}'; } >"$T/etc/rc.conf"
    _line quiet
    is code "$code" 0
    says 'sulogin -t 300'
    says "runsvdir -P $T/run/no-services, 3 arguments"
    [ -d "$T/run/no-services" ]
}

without_runsvdir_process_1_is_told_to_try_again() {
    _level_directories
    rm "$T/bin/runsvdir"
    for tool in cat mkdir date; do ln -s "$(command -v $tool)" "$T/bin/$tool"; done
    RUNIT_PATH=$T/bin
    echo 'sulogin() { :; }' >"$T/etc/rc.conf"
    _line quiet
    is code "$code" 111
    says 'no runsvdir'
}
