#!/bin/sh
# check.sh: compiles and links every program and every test of ours for FreeBSD on x86-64, and looks
# whether what came out are FreeBSD's executables. Nothing is run: no FreeBSD is needed.
#
# Needs a Rust compiler with the source of its standard library (Debian: rustc-web, rust-web-src) and
# zig, which has FreeBSD's headers and stubs of its C library (the Python package ziglang, put into a
# directory of its own below RUNIT_DEPS). What is missing is fetched; where it cannot be had this ends
# with 77, "skipped", which is an error for make: what was not checked did not pass.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=x86_64-unknown-freebsd
parts=${RUNIT_DEPS:-$root/.deps}/freebsd
out=${CARGO_TARGET_DIR:-$root/target}/freebsd
# shellcheck source=../common/rust.sh
. "$root/distro/common/rust.sh"
# shellcheck source=../../qemu-tests/images/lib.sh
. "$root/qemu-tests/images/lib.sh"

say() { printf 'freebsd-check: %s\n' "$*"; }
skip() { printf 'freebsd-check: SKIPPED, so not passed: %s\n' "$*" >&2; exit 77; }

# venv: zig in a Python environment of its own.
venv() {
    rm -rf "$parts/venv"
    mkdir -p "$parts"
    if ! python3 -m venv "$parts/venv" 2>/dev/null; then
        say "installing python3-venv"
        need_lists
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            -o Dpkg::Use-Pty=0 python3 python3-venv >/dev/null && python3 -m venv "$parts/venv"
    fi || skip "no Python here that can make an environment (package python3-venv)"
    say "downloading zig (Python package ${ZIGLANG:=ziglang}, about 100 MB)"
    "$parts/venv/bin/pip" install --disable-pip-version-check -q "$ZIGLANG" ||
        skip "no Python package $ZIGLANG to be had: it is the linker for FreeBSD"
}

if [ -z "$(builder)" ]; then
    (need_lists && apt_known rust-web-src || apt_known rust-src) 2>/dev/null ||
        skip "no compiler with the source of the Rust standard library, and none among this machine's packages"
    "$root/distro/common/release-deps.sh" || skip "the source of the Rust standard library cannot be installed"
fi
RUSTC=$(builder)
[ -n "$RUSTC" ] || skip "no compiler with the source of the Rust standard library"
ZIG="$parts/venv/bin/python -m ziglang"
$ZIG version >/dev/null 2>&1 || venv

# What cargo, rustc and cc.sh read. RUSTC_BOOTSTRAP lets a stable compiler build its own std.
export RUSTC RUSTC_BOOTSTRAP=1 ZIG
export ZIG_GLOBAL_CACHE_DIR="$parts/zig-cache" ZIG_LOCAL_CACHE_DIR="$parts/zig-cache"
export CARGO_TARGET_X86_64_UNKNOWN_FREEBSD_LINKER="$here/cc.sh"
export CARGO_PROFILE_DEV_DEBUG=false CARGO_INCREMENTAL=0
say "building for $target with $("$RUSTC" -V | cut -d ' ' -f 1-2), linking with zig $($ZIG version)"
say "(std, the programs and their tests; the first time takes minutes)"
mkdir -p "$out"
(cd "$root" && "${CARGO:-cargo}" test --locked --no-run --workspace --target "$target" \
    --target-dir "$out" -Zbuild-std=std,panic_abort,test -Zpanic-abort-tests \
    --message-format=json-render-diagnostics) >"$out/messages"

# The executables this build made or found up to date; each has to be FreeBSD's.
sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' "$out/messages" | sort -u >"$out/executables"
wrong=0 programs=0 tests=0 libraries=
while read -r file; do
    interpreter=$(readelf -lW "$file" | sed -n 's/.*Requesting program interpreter: \(.*\)]/\1/p')
    if [ "$interpreter" != /libexec/ld-elf.so.1 ] || ! readelf -nW "$file" | grep -q '^ *FreeBSD '; then
        say "$file: not an executable of FreeBSD"
        wrong=$((wrong + 1))
    fi
    case $file in
        */deps/* | */examples/*) tests=$((tests + 1)) ;;
        *) programs=$((programs + 1)) ;;
    esac
    libraries="$libraries $(readelf -dW "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)]/\1/p' | tr '\n' ' ')"
done <"$out/executables"
[ "$wrong" -eq 0 ] || { say "$wrong files are not FreeBSD's"; exit 1; }
# As many programs as there are doors, and a test at least for each crate of ours.
doors=$(find "$root/init/programs/src/bin" -name '*.rs' | wc -l)
[ "$programs" -ge "$doors" ] || { say "only $programs of $doors programs were linked"; exit 1; }
[ "$tests" -ge 4 ] || { say "only $tests test programs were linked"; exit 1; }
# shellcheck disable=SC2086 # a list of names
libraries=$(printf '%s\n' $libraries | sort -u | tr '\n' ' ')
say "linked for FreeBSD: $programs programs and $tests test programs; they load ${libraries% }"
say "compiled and linked; nothing of it was run"
