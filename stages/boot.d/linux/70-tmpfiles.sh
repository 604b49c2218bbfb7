#!/bin/sh
# The directories programs expect in /run and /tmp, what is left in /tmp from the last time away
# (CLEAN_TMP), and what tmpfiles.d asks for where a program for it is installed.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

bad=
set --
for dir in /run/user /run/lock /var/log /var/lib /var/tmp /tmp; do
    [ -d "$dir" ] || set -- "$@" "$dir"
done
[ $# = 0 ] || mkdir -p "$@" || bad="$bad $*"
[ -e /var/run ] || ln -s /run /var/run || bad="$bad /var/run"
[ -e /var/lock ] || ln -s /run/lock /var/lock || bad="$bad /var/lock"

if [ "${CLEAN_TMP:-yes}" = yes ] && ! in_container; then
    for left in /tmp/* /tmp/.[!.]*; do
        [ -e "$left" ] || [ -L "$left" ] || continue
        # one file system only: what is mounted below /tmp is not rubbish
        find /tmp -xdev -depth -mindepth 1 -delete 2>/dev/null
        break
    done
fi
set -- /run/lock /tmp /var/tmp
if [ -d /usr/share/X11 ]; then
    mkdir -p /tmp/.X11-unix /tmp/.ICE-unix
    set -- "$@" /tmp/.X11-unix /tmp/.ICE-unix
fi
chmod 1777 "$@" || bad="$bad $*"

if have systemd-tmpfiles; then
    limit 60 systemd-tmpfiles --create --remove --boot --exclude-prefix=/dev || bad="$bad systemd-tmpfiles"
elif have tmpfiles; then
    limit 60 tmpfiles --create --remove --boot --exclude-prefix=/dev || bad="$bad tmpfiles"
fi
[ -z "$bad" ] || { say "not made:$bad" && exit 1; }
