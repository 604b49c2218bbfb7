# shellcheck shell=sh
# rust.sh: which Rust compiler here can build what: for release.sh and the check for FreeBSD.
# Sourced, never run. Only looks; never installs and never builds.

# has_std RUSTC TARGET: does this compiler come with the standard library of the target?
has_std() {
    libdir=$("$1" --print target-libdir --target "$2" 2>/dev/null) && [ -d "$libdir" ]
}

# std_source RUSTC: does it come with the source of the standard library?
std_source() {
    [ -e "$("$1" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/Cargo.lock" ]
}

# builder: the first compiler here whose own std can be built, if any. Debian's rustc-web (package
# rust-web-src beside it) is /usr/bin/rustc even where another one comes first in $PATH.
builder() {
    for rustc in "${RUSTC:-rustc}" /usr/bin/rustc; do
        if command -v "$rustc" >/dev/null && std_source "$rustc"; then
            echo "$rustc"
            return
        fi
    done
}
