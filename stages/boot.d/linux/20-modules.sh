#!/bin/sh
# Kernel modules named in MODULES of rc.conf, in modules-load.d and in /etc/modules.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
[ -e /proc/modules ] || skip "kernel without modules"
have modprobe || skip "no modprobe"

wanted=
for word in ${MODULES-}; do
    wanted="$wanted$word
"
done
seen=
for dir in /etc/modules-load.d /run/modules-load.d /usr/local/lib/modules-load.d /usr/lib/modules-load.d; do
    for file in "$dir"/*.conf /etc/modules; do
        # A file hides those of the same name in the later directories.
        [ -r "$file" ] || continue
        ! in_list "${file##*/}" "$seen" || continue
        seen="$seen ${file##*/}"
        while read -r line || [ "$line" ]; do
            case $line in '' | '#'* | ';'*) ;; *) wanted="$wanted$line
" ;; esac
        done <"$file"
    done
done
[ "$wanted" ] || skip "none asked for"

bad=
while read -r line; do
    [ -z "$line" ] && continue
    # shellcheck disable=SC2086 # a module and its parameters
    modprobe $line || bad="$bad ${line%% *}"
done <<LIST
$wanted
LIST
[ -z "$bad" ] || { say "not loaded:$bad" && exit 1; }
