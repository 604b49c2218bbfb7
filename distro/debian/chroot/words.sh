# shellcheck shell=bash
# shellcheck disable=SC2016,SC2086 # words for dpkg-query; lists of files
# words.sh: the words that the cases are written in. Sourced by check.sh in each of them, with $TEST/root as the
# system in question.

# shellcheck disable=SC2034 # for the cases
levels=$TEST/root/etc/runit/runsvdir

# inside COMMAND...: in the system.
inside() {
    chroot "$TEST/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}

# get ARGUMENT...: apt-get, as somebody who does not answer questions and does not force anything.
get() { inside apt-get -y -q -o Dpkg::Use-Pty=0 --no-install-recommends "$@"; }

# ours WHERE PACKAGE...: the files of these of our packages, for apt.
ours() {
    where=$1
    shift
    for package; do
        (cd "$TEST/root" && ls "srv/$where/${package}"_*.deb) | sed 's|^|/|'
    done
}

# install PACKAGE...: of ours, or of Debian's.
install() {
    list=
    for package; do
        case $package in runit-rs*) list="$list $(ours debs "$package")" ;; *) list="$list $package" ;; esac
    done
    # shellcheck disable=SC2086
    get install $list
}

# install_over INIT PACKAGE...: the same in the place of the package INIT. A release that protects its inits wants
# the one that goes named, as the README tells the administrator.
install_over() {
    over=$1
    shift
    [ "$(inside dpkg-query -W -f '${Protected}' "$over")" = yes ] || { install "$@" && return; }
    install --allow-remove-essential "$@" "$over-"
}

# Each assertion says what it wanted.
fail() { echo "assertion: $*" && return 1; }
# shellcheck disable=SC2016 # for the inner shell
is_there() {
    missing=$(inside sh -c 'for file; do [ -e "$file" ] || [ -L "$file" ] || echo "$file"; done' is_there "$@")
    [ -z "$missing" ] || fail "is there:" $missing
}
# shellcheck disable=SC2016 # for the inner shell
is_gone() {
    left=$(inside sh -c 'for file; do [ ! -e "$file" ] && [ ! -L "$file" ] || echo "$file"; done' is_gone "$@")
    [ -z "$left" ] || fail "is gone:" $left
}
leads_to() { [ "$(readlink "$TEST/root$1")" = "$2" ] || fail "$1 leads to $2, not to $(readlink "$TEST/root$1")"; }
has_line() { grep -qxF "$2" "$TEST/root$1" || fail "$1 has the line: $2"; }
has_no_line() { ! grep -qF "$2" "$TEST/root$1" || fail "$1 has no line with: $2"; }

# is_installed PACKAGE...: whole, with every file in its place as it was shipped (conffiles apart).
is_installed() {
    for package; do
        state=$(inside dpkg-query -W -f '${db:Status-Abbrev}' "$package")
        [ "$state" = 'ii ' ] || fail "$package is installed, not '$state'" || return
        changed=$(inside dpkg -V "$package" | grep -v '^.\{9\} c ') || :
        [ -z "$changed" ] || fail "files of $package: $changed" || return
        # shellcheck disable=SC2046 # names without spaces
        is_there $(inside dpkg -L "$package" | grep '^/' | grep -v -e '^/usr/share/doc/' -e '^/usr/share/man/' -e '^/usr/share/lintian/') || return
    done
}
is_not_installed() {
    for package; do
        state=$(inside dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) || continue
        case $state in i*) fail "$package is not installed" || return ;; esac
    done
}

# files: everything there is but /run and what dpkg and apt note for themselves; directories end in a slash.
files() {
    (cd "$TEST/root" && find . -xdev \( -path ./proc -o -path ./srv -o -path ./run -o -path ./tmp -o -path ./var/lib/dpkg \
        -o -path ./var/lib/apt -o -path ./var/cache -o -path ./var/log/apt \) -prune -o -type d -printf '%p/\n' -o -print) |
        LC_ALL=C sort
}

# traces: all that a package may leave behind: files, what the settings say (the machine's accounts apart), and what
# dpkg was told about files of others.
traces() {
    files
    (cd "$TEST/root/etc" && find . -type f ! -name 'passwd*' ! -name 'group*' ! -name 'shadow*' ! -name 'gshadow*' ! -name 'sub[ug]id*' \
        ! -name ld.so.cache -exec sha256sum {} +) | LC_ALL=C sort -k 2
    inside dpkg-divert --list
    inside dpkg-statoverride --list || :
    cat "$TEST/root/var/lib/dpkg/triggers/File" || :
}
