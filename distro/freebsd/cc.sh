#!/bin/sh
# cc.sh: the linker that check.sh gives to rustc for FreeBSD: zig's C compiler, called as cc would be.
# It only translates what differs, and decides nothing: zig has its own libunwind in the place of
# libgcc_s, and none of the libraries that the libc crate names but our programs never call.
set -eu
: "${ZIG:?the command of zig, set by check.sh}"
for word; do
    shift
    case $word in
        -lgcc_s) set -- "$@" -lunwind ;;
        -m64 | -lkvm | -lmemstat | -lprocstat | -ldevstat | -lgeom | -lutil) ;;
        *) set -- "$@" "$word" ;;
    esac
done
# shellcheck disable=SC2086 # a command of several words
exec $ZIG cc -target x86_64-freebsd "$@"
