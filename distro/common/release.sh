#!/bin/sh
# release.sh [PROGRAM...]: builds the release: every program (or those named) as a small static file
# in target/small/programs, and says how it was done and how large each is. It never installs.
# The multi-call file runit-rs is built only when it is named, and compared with all others.
#
# LIBC=musl    static musl: with the musl target of this Rust where there is one, else with a
#              standard library built here (needs the sources of std and musl-gcc)
# LIBC=glibc   static glibc, as `make programs` does
# unset        musl where it can be done, else glibc
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cargo=${CARGO:-cargo}
target_dir=${CARGO_TARGET_DIR:-$root/target}/small

say() { printf 'release: %s\n' "$*"; }
die() { printf 'release: fatal: %s\n' "$*" >&2; exit 1; }

host=$("${RUSTC:-rustc}" -vV | sed -n 's/^host: //p')
case $host in
    *-linux-gnu) musl=${host%gnu}musl ;;
    *) musl=$host ;;
esac

# shellcheck source=rust.sh
. "$here/rust.sh"

how=
case ${LIBC:-} in
    '' | musl)
        if has_std "${RUSTC:-rustc}" "$musl"; then
            how=installed
        elif command -v musl-gcc >/dev/null && [ -n "$(builder)" ]; then
            how=build-std
        elif [ "${LIBC:-}" = musl ]; then
            die "no musl: neither the Rust target $musl nor (the source of std and musl-gcc); try: make release-deps"
        else
            say "no musl target and no tools to build one (make release-deps): static glibc instead"
            how=glibc
        fi
        ;;
    glibc) how=glibc ;;
    *) die "LIBC=$LIBC: neither musl nor glibc" ;;
esac

if [ $# -gt 0 ]; then
    programs=$*
else
    programs=$(sed -n '/^\[\[bin\]\]/,/^$/s/^name = "\(.*\)"/\1/p' "$root/init/programs/Cargo.toml" |
        grep -vx runit-rs)
fi
bins=
for program in $programs; do bins="$bins --bin $program"; done

static='"-Ctarget-feature=+crt-static", "-Crelocation-model=static"'
# build TARGET FLAGS [ARGUMENT...]: one flag set has one target directory, or each change would
# build everything again.
build() {
    target=$1 flags=$2
    shift 2
    # shellcheck disable=SC2086 # a list of options
    (cd "$root" && "$cargo" build --locked --release -p runit $bins --target "$target" \
        --target-dir "$target_dir/$how" --config "target.$target.rustflags=[$static$flags]" "$@")
}

case $how in
    installed)
        told="static musl, with the installed target $musl"
        say "$told"
        build "$musl" ''
        ;;
    build-std)
        RUSTC=$(builder)
        export RUSTC RUSTC_BOOTSTRAP=1
        told="static musl, std built with $("$RUSTC" -V | cut -d ' ' -f 1-2)"
        say "$told (the first time takes a minute)"
        mkdir -p "$target_dir/no-unwind"
        musl-gcc -Os -c "$here/no-unwind.c" -o "$target_dir/no-unwind/u.o"
        ar rcs "$target_dir/no-unwind/libunwind.a" "$target_dir/no-unwind/u.o"
        build "$musl" ", \"-Clink-self-contained=no\", \"-Lnative=$target_dir/no-unwind\"" \
            --config "target.$musl.linker='musl-gcc'" \
            -Zbuild-std=std,panic_abort -Zbuild-std-features=
        ;;
    glibc)
        told="static glibc"
        say "$told"
        build "$host" ''
        ;;
esac

mkdir -p "$target_dir/programs"
for program in $programs; do
    cp "$target_dir/$how/$target/release/$program" "$target_dir/programs/.new"
    mv "$target_dir/programs/.new" "$target_dir/programs/$program"
    size=$(stat -c %s "$target_dir/programs/$program")
    printf '%9s  %s\n' "$size" "$program"
done
total=0 count=0
for program in "$target_dir/programs"/*; do
    [ "${program##*/}" != runit-rs ] || continue
    total=$((total + $(stat -c %s "$program"))) count=$((count + 1))
done
printf '%9s  all %s programs, each a file of its own\n' "$total" "$count"
echo "$told" >"$target_dir/programs/.how"
say "$told: $target_dir/programs"
