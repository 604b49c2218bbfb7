#!/bin/sh
# Kernel settings of sysctl.conf and sysctl.d, written straight to /proc/sys: file names in order over all
# directories, a file hiding those of its name in the later ones. `-key` may fail in silence.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

[ -d /proc/sys/kernel ] || skip "no /proc/sys"
skip_in_container

# `a.b` and `a/b` are the same; after a first slash dots belong to the name (net/ipv4/conf/eth0.1/...).
set_key() {
    key=$1 quiet=
    case $key in -*) key=${key#-} quiet=yes ;; esac
    case $key in
        */*.* | */*) ;;
        *)
            path=
            while :; do
                case $key in
                    *.*) path=$path${key%%.*}/ key=${key#*.} ;;
                    *) key=$path$key && break ;;
                esac
            done
            ;;
    esac
    for file in /proc/sys/$key; do
        { printf '%s\n' "$2" >"$file"; } 2>/dev/null || [ "$quiet" ] || bad="$bad $1"
    done
}

read_file() {
    while read -r line || [ "$line" ]; do
        case $line in
            '' | '#'* | ';'*) continue ;;
            *=*) ;;
            *) continue ;;
        esac
        name=${line%%=*} value=${line#*=}
        name=${name%"${name##*[! 	]}"} value=${value#"${value%%[! 	]*}"}
        set_key "$name" "$value"
    done <"$1"
}

bad= names= last= dirs=0
set -- /run/sysctl.d /etc/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d
for dir in "$@"; do
    # /lib may be /usr/lib
    [ "$dir" != /lib/sysctl.d ] || [ ! -L /lib ] || continue
    for file in "$dir"/*.conf; do
        [ -r "$file" ] || continue
        names="$names${file##*/}
"
        [ "$last" = "$dir" ] || dirs=$((dirs + 1))
        last=$dir
    done
done
# One directory's names come in order; those of several are put in order.
[ $dirs -lt 2 ] || names=$(
    sort -u <<LIST
$names
LIST
)
for name in $names; do
    for dir in "$@"; do
        [ -r "$dir/$name" ] && read_file "$dir/$name" && break
    done
done
[ ! -r /etc/sysctl.conf ] || [ -e /etc/sysctl.d/99-sysctl.conf ] || read_file /etc/sysctl.conf
[ -z "$bad" ] || { say "not set:$bad" && exit 1; }
