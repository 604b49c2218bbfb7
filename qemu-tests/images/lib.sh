# shellcheck shell=sh
# lib.sh: what host.sh and fetch.sh share: a voice, root rights, and packages from apt.
# Sourced, never run. Decides nothing by itself; never installs, never leaves a half-written result.

say() { printf 'deps: %s\n' "$*"; }
die() { printf 'deps: fatal: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND...: as it is for root, else through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "'$*' needs root: run 'make deps' as root once, or install sudo"
    fi
}

# apt_update: refresh the package lists, once per run at most.
apt_updated=
apt_update() {
    [ -z "$apt_updated" ] || return 0
    apt_updated=yes
    say "refreshing apt's package lists"
    as_root apt-get update -q || die "apt-get update failed: is the network up?"
}

# apt_known PACKAGE: is there a version of it to be had?
apt_known() {
    [ -n "$(apt-cache madison "$1" 2>/dev/null)" ]
}

# need_lists: a fresh container has no package lists at all.
need_lists() {
    apt_known libc6 || apt_update
}

# download PACKAGE...: the .deb files of these packages into the current directory.
# A list that is older than the mirror names files that are gone: refresh and try once more.
download() {
    need_lists
    apt-get download -q "$@" 2>download.log && return 0
    apt_update
    apt-get download -q "$@" 2>download.log || { cat download.log >&2; die "apt-get download failed"; }
}
