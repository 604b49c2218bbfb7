#!/bin/sh
# multicall.sh [--test NAME...]: runs tests of the programs with the names of the multi-call file
# in the place of the programs. Uses the debug build; nothing is installed.
#
# Left out is what one file cannot do: take a name it does not know for its own (chpst, sv as an init
# script), and be a bad process 1 under the name of a good one; and runit-init does not execute runit.
set -eu
cd "$(dirname "$0")/../../.."
cargo=${CARGO:-cargo}
"$cargo" build -q --locked -p runit --bin runit-rs
built=${CARGO_TARGET_DIR:-$PWD/target}/debug/runit-rs
names=${CARGO_TARGET_DIR:-$PWD/target}/multicall
rm -rf "$names"
mkdir -p "$names"
# Hard links, since tests put a program into a root directory of its own.
for name in runit-rs $("$built"); do
    ln "$built" "$names/$name"
done
export RUNIT_PROGRAMS="$names"
[ $# -gt 0 ] || set -- --test chpst_names --test pause --test runit_rs --test runsvdir \
    --test svtai --test utmpset --test pid1
skip='lsb:: other_names_are_chpst each_name_has_its_usage_with_and_without_a_d it_is_called_what_it_was_called
    as_process_1_it_becomes_runit as_process_1_it_finds_a_runit as_process_1_without_runit
    a_new_program_that_does_not_start a_new_program_that_hangs'
if command -v cargo-nextest >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # a list of words
    pattern=$(printf '%s|' $skip)
    exec "$cargo" nextest run -j 8 -p runit "$@" -E "not test(/${pattern%|}/)"
fi
# shellcheck disable=SC2046,SC2086 # a list of words
RUST_TEST_THREADS=8 exec "$cargo" test -p runit "$@" -- $(printf -- '--skip %s ' $skip)
