#!/bin/sh
# build.sh DIRECTORY: compiles the programs beside it into it: static, on musl where there is musl-gcc, so that
# the service program costs as little as it can and the same for every side.
set -eu
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
cc=$(command -v musl-gcc) || cc=cc
build() { # build PROGRAM SOURCE [OPTION...]
    program=$1 source=$2
    shift 2
    "$cc" -static -Os -Wall -Wextra -s "$@" -o "$out/$program" "$source"
}
build stamp stamp.c
build ends stamp.c -DENDS_AT_ONCE
build calls calls.c
build floor floor.c
build nothing nothing.c
build orphans orphans.c
build reboot reboot.c
