#!/bin/sh
# The directories programs expect in /run and /tmp, what is left in /tmp from the last time away
# (CLEAN_TMP), and what tmpfiles.d asks for where a program for it is installed.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

bad=
set --
for dir in /run/user /run/lock /tmp; do
    [ -d "$dir" ] || set -- "$@" "$dir"
done
[ $# = 0 ] || mkdir -p "$@" || bad="$bad $*"
sticky="/run/lock /tmp"
if ! root_is_readonly || is_mounted /var; then
    set --
    for dir in /var/log /var/lib /var/tmp; do
        [ -d "$dir" ] || set -- "$@" "$dir"
    done
    [ $# = 0 ] || mkdir -p "$@" || bad="$bad $*"
    sticky="$sticky /var/tmp"
    [ -e /var/run ] || ln -s /run /var/run || bad="$bad /var/run"
    [ -e /var/lock ] || ln -s /run/lock /var/lock || bad="$bad /var/lock"
fi

if [ "${CLEAN_TMP:-yes}" = yes ] && ! in_container; then
    for left in /tmp/* /tmp/.[!.]*; do
        [ -e "$left" ] || [ -L "$left" ] || continue
        # one file system only: what is mounted below /tmp is not rubbish
        find /tmp -xdev -depth -mindepth 1 -delete 2>/dev/null
        break
    done
fi
if [ -d /usr/share/X11 ]; then
    mkdir -p /tmp/.X11-unix /tmp/.ICE-unix
    sticky="$sticky /tmp/.X11-unix /tmp/.ICE-unix"
fi
set --
for dir in $sticky; do
    [ -k "$dir" ] || set -- "$@" "$dir"
done
[ $# = 0 ] || chmod 1777 "$@" || bad="$bad $*"

# systemd's own list has a /run/nologin, which only systemd removes again: nobody but root could ever log in.
tmpfiles_options="--boot --exclude-prefix=/dev --exclude-prefix=/run/nologin"
# shellcheck disable=SC2086 # words
if have systemd-tmpfiles; then
    limit 60 systemd-tmpfiles --create --remove $tmpfiles_options || bad="$bad systemd-tmpfiles"
elif have tmpfiles; then
    limit 60 tmpfiles --create --remove $tmpfiles_options || bad="$bad tmpfiles"
fi
[ -z "$bad" ] || { say "not made:$bad" && exit 1; }
