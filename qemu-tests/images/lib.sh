# shellcheck shell=sh
# lib.sh: what the scripts that fetch and build share: a voice, root rights, and packages from apt.
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

# mirror: where this machine gets Debian from; nothing where its package sources name none.
mirror() {
    # shellcheck disable=SC2016 # apt fills these in
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
        sed -n 's/ Debian Debian$//p' | head -n 1
}

# own_apt DIRECTORY URI SUITE STATUS ARCHIVES: an apt with lists of its own, by APT_CONFIG=DIRECTORY/conf. STATUS: what
# counts as installed. The machine's own package sources are left alone.
own_apt() {
    mkdir -p "$1/lists/partial" "$5/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $2 $3 main" >"$1/sources.list"
    cat >"$1/conf" <<CONF
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "/nonexistent";
Dir::State::lists "$1/lists";
Dir::State::status "$4";
Dir::Cache "$1";
Dir::Cache::archives "$5";
APT::Sandbox::User "root";
APT::Architecture "$(dpkg --print-architecture)";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Debug::NoLocking "1";
CONF
}
