#!/bin/sh
# files.sh PACKAGE DIRECTORY: which of what is installed below DIRECTORY belongs to PACKAGE, as a list for
# dh_install (debian/*.install run this). Every file belongs to exactly one package: what nobody claims is of
# the tools, runit-rs.
set -eu
package=$1 tree=$2
here=$(cd "$(dirname "$0")" && pwd)

# belongs PATH: OWNER = its package. Pages and completions go where their program goes.
belongs() {
    OWNER=runit-rs
    case $1 in
        usr/share/runit/sv.current/*)
            name=${1#usr/share/runit/sv.current/} name=${name%%/*}
            case $name in
                getty* | initctl | power-button | sulogin | sysv | udevd) OWNER=runit-rs-init ;;
                *) [ ! -d "$here/services/$name" ] || OWNER=runit-rs-services ;;
            esac
            ;;
        usr/share/runit/levels/svmanaged) OWNER=runit-rs-run ;;
        usr/share/runit/levels/* | etc/sv/getty | etc/runit/runsvdir/aliases) OWNER=runit-rs-init ;;
        etc/runit/runsvdir/*) ;;
        etc/runit/*) OWNER=runit-rs-init ;;
        usr/sbin/service | usr/sbin/invoke-rc.d) OWNER=runit-rs-init ;;
        *lib/runit/supervise) OWNER=runit-rs-run ;;
        *sbin/* | usr/share/man/man8/* | usr/share/*/completions/* | usr/share/fish/* | usr/share/zsh/*)
            name=${1##*/} name=${name#_}
            case ${name%.*} in
                init | telinit | halt | poweroff | reboot | runlevel | shutdown | power-button | boot-duty | coldplug | initctld | seedrng | zzz | ZZZ)
                    OWNER=runit-rs-init
                    ;;
            esac
            ;;
    esac
}

cd "$tree"
find . -mindepth 1 \( ! -type d -o -type d -empty \) | sed 's|^\./||' | LC_ALL=C sort | while read -r path; do
    belongs "$path"
    [ "$OWNER" != "$package" ] || echo "$path ${path%/*}"
done
