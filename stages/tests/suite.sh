# shellcheck shell=sh
# suite.sh: what the runners of shell tests share; sourced, never run. A test is a function of a *.test.sh file whose name is
# a sentence; one that begins with _ is a part of others. It decides which tests there are and how each ended; where
# and how a test runs, the runner that reads this says: start_test SHELL FILE NAME DIRECTORY.

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# Has the test of that number ended well? Its exit code is kept.
_ended_well() {
    if [ ! -e "$scratch/$1/code" ]; then
        read -r pid <"$scratch/$1/pid"
        code=0
        wait "$pid" || code=$?
        echo $code >"$scratch/$1/code"
    fi
    read -r code <"$scratch/$1/code"
    [ "$code" = 0 ]
}

# Starts the tests of file $2 under shell $1, no more than $at_once at a time.
_start_file() {
    # shellcheck disable=SC2094 # the tests only read their file
    while read -r line; do
        case $line in '#'*) continue ;; *'() {') ;; *) continue ;; esac
        name=${line%'() {'}
        case $name in _*) continue ;; esac
        [ -z "${ONLY-}" ] || case $name in *$ONLY*) ;; *) continue ;; esac
        total=$((total + 1))
        mkdir "$scratch/$total"
        echo "$name ($(basename "${1%% *}"))" >"$scratch/$total/name"
        start_test "$1" "$2" "$name" "$scratch/$total" >"$scratch/$total/out" 2>&1 </dev/null &
        echo $! >"$scratch/$total/pid"
        # The next begins when the one so many before it has ended.
        [ $total -le "$at_once" ] || _ended_well $((total - at_once)) || :
    done <"$2"
}

# run_suite TITLE AT_ONCE SHELL...: the tests of $here/*.test.sh under each shell; with ONLY those of whose name it is a part.
# For a file of which `leaves_out SHELL FILE` says so, none. False when one failed, or there was none.
run_suite() {
    title=$1 at_once=$2 total=0 failed=0 number=0
    shift 2
    for shell; do
        for file in "$here"/*.test.sh; do
            leaves_out "$shell" "$file" || _start_file "$shell" "$file"
        done
    done
    while [ $number -lt $total ]; do
        number=$((number + 1))
        read -r name <"$scratch/$number/name"
        if _ended_well $number; then
            echo "ok     $name"
        else
            failed=$((failed + 1))
            echo "FAILED $name"
            sed 's/^/       | /' "$scratch/$number/out"
        fi
    done
    echo "$((total - failed)) passed, $failed failed ($title)"
    [ $total -gt 0 ] && [ $failed = 0 ]
}
