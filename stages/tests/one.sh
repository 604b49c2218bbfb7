#!/bin/sh
# one.sh FILE NAME: runs test NAME of FILE for run.sh. Holds what the tests share.
set -eu
mkdir -p "$T/etc/boot.d" "$T/etc/shutdown.d" "$T/run" "$T/bin"
cp "$stages/1" "$stages/2" "$stages/3" "$stages/ctrlaltdel" "$stages"/*.sh "$T/etc/"
export RUNIT_ETC="$T/etc" RUNIT_RUN="$T/run" RUNIT_ROOT="$T" RUNIT_SVDIR="$T/service" RUNIT_FSTAB="$T/fstab"
export RUNIT_PATH="$T/bin:$PATH"

# stage NAME: runs a stage; its exit code in $code, what it says in $T/out
stage() {
    code=0
    # shellcheck disable=SC2086 # a shell and its argument
    $TEST_SHELL "$T/etc/$1" >"$T/out" 2>&1 </dev/null || code=$?
    cat "$T/out"
}

# duty NAME: the text of a duty from standard input
duty() {
    { echo '#!/bin/sh' && cat; } >"$T/etc/boot.d/$1.sh"
    chmod +x "$T/etc/boot.d/$1.sh"
}

# program NAME: the text of a program the stages find first, from standard input
program() {
    { echo '#!/bin/sh' && cat; } >"$T/bin/$1"
    chmod +x "$T/bin/$1"
}

# lib: runs the shell code of standard input with lib.sh read, under the shell under test
lib() {
    { echo ". '$RUNIT_ETC/lib.sh'" && cat; } >"$T/code.sh"
    # shellcheck disable=SC2086
    $TEST_SHELL "$T/code.sh" 2>&1
}

# says TEXT: the stage has said it
says() { grep -qF -- "$1" "$T/out" || { echo "missing: $1" && return 1; }; }
quiet_on() { ! grep -F -- "$1" "$T/out"; }

# is WHAT GOT WANTED
is() { [ "$2" = "$3" ] || { echo "$1: got '$2', wanted '$3'" && return 1; }; }

# gone PID: it has ended (process 1 may not have buried it yet)
gone() {
    state=$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null) || return 0
    case $state in '' | Z) ;; *) echo "process $1 still lives ($state)" && return 1 ;; esac
}

# mode FILE: its permission bits
mode() { stat -L -c %a "$1"; }

. "$1"
"$2"
