#!/bin/sh
# one.sh FILE NAME: makes the root file system of one test below $ROOT and runs test NAME of FILE in it. Called by
# run.sh in namespaces of its own; holds what the tests share.
set -eu
if [ "${ROOT-}" ]; then
    mkdir -p "$ROOT"
    mount -t tmpfs tmpfs "$ROOT"
    mkdir "$ROOT/upper" "$ROOT/work" "$ROOT/root"
    root=$ROOT/root
    mount -t overlay overlay -o "lowerdir=/,upperdir=$ROOT/upper,workdir=$ROOT/work" "$root"
    mount -t tmpfs tmpfs "$root/dev"
    for name in null zero full random urandom tty; do
        true >"$root/dev/$name"
        mount --bind "/dev/$name" "$root/dev/$name"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    ip link set lo up
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t tmpfs tmpfs "$root/mnt"
    mkdir -p "$root/usr/lib/runit" "$root/run/runit/supervise" "$root/mnt/programs" "$root/mnt/tests" "$root/mnt/top" "$root/mnt/debs" "$root/mnt/scripts" "$root/var/log/runit"
    mount --bind "$PROGRAMS" "$root/mnt/programs"
    mount --bind "$here" "$root/mnt/tests"
    mount --bind "$top" "$root/mnt/top"
    mount --bind "$DEBS/debian-services" "$root/mnt/debs"
    mount --bind "$DEBS/debian-scripts" "$root/mnt/scripts"
    for name in chpst pause runit runit-init runsv runsvdir runsvchdir runsvstop sv svlogd utmpset wait4path shutdown runlevel sysv-rc; do
        [ ! -e "$PROGRAMS/$name" ] || ln -sfn "/mnt/programs/$name" "$root/usr/bin/$name"
    done
    # A Debian system with runit, and nothing that this machine's packages have put there.
    rm -rf "$root/etc/init.d" "$root"/etc/rc?.d "$root/etc/sv" "$root/etc/service" "$root/etc/runit" "$root/etc/default" \
        "$root/etc/insserv.conf" "$root/etc/insserv.conf.d" "$root/usr/share/runit" "$root/usr/sbin/policy-rc.d"
    debian=$here/..
    cp "$debian"/lib/* "$root/usr/lib/runit/"
    cp "$debian"/bin/* "$root/usr/bin/"
    cp "$debian"/sbin/* "$root/usr/sbin/"
    mkdir -p "$root/usr/lib/lsb/init-functions.d"
    cp "$debian"/lsb/* "$root/usr/lib/lsb/init-functions.d/"
    mkdir -p "$root/etc/init.d" "$root/etc/rcS.d" "$root/etc/rc2.d" "$root/etc/rc0.d" "$root/etc/rc6.d" "$root/etc/sv" "$root/etc/runit/runsvdir/default" "$root/etc/default"
    cp -R "$debian"/sv/* "$root/etc/sv/"
    ln -s default "$root/etc/runit/runsvdir/current"
    ln -s runit/runsvdir/current "$root/etc/service"
    shell=$(command -v "$TEST_SHELL")
    rm "$root/bin/sh"
    cp "$shell" "$root/bin/sh"
    unset ROOT
    exec chroot "$root" /bin/sh /mnt/tests/one.sh "/mnt/tests/${1##*/}" "$2"
fi

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
cd /
T=/tmp
# What the kernel says of process 1 in such a system.
true >/run/runit.stopit
true >/run/runit.reboot

# service NAME: a directory /etc/sv/NAME; its run script, but for the first line, from standard input
service() {
    mkdir -p "/etc/sv/$1"
    { echo '#!/usr/bin/env /lib/runit/invoke-run' && cat; } >"/etc/sv/$1/run"
    chmod +x "/etc/sv/$1/run"
}

# file PATH: an executable file from standard input
file() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
    chmod +x "$1"
}

# is WHAT GOT WANTED
is() { [ "$2" = "$3" ] || { echo "$1: got '$2', wanted '$3'" && return 1; }; }

# says TEXT: it stands in $T/out
says() { grep -qF -- "$1" "$T/out" || { echo "missing: $1" && cat "$T/out" && return 1; }; }
quiet_on() { ! grep -F -- "$1" "$T/out"; }

# code COMMAND...: its exit code in $code, what it says in $T/out
code() {
    code=0
    "$@" >"$T/out" 2>&1 || code=$?
}

# soon COMMAND...: it succeeds within half a minute
soon() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        [ $tries -lt 600 ] || { echo "in vain: $*" && return 1; }
        tries=$((tries + 1))
        sleep 0.05
    done
}

# stat_is NAME TEXT: what the supervisor of /etc/sv/NAME writes of it
stat_is() { [ "$(cat "/etc/sv/$1/supervise/stat")" = "$2" ]; }

# supervised NAME: a runsv for it
supervised() {
    runsv "/etc/sv/$1" >>"$T/log.$1" 2>&1 &
    soon test -p "/etc/sv/$1/supervise/ok"
}

. "$1"
"$2"
