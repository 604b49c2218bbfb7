# shellcheck shell=sh
# What a call meant for a script of /etc/init.d means for the service of the same name. Read by the hook of
# /lib/lsb/init-functions.d (every script of /etc/init.d), by service, invoke-rc.d and start-stop-daemon.runit.
# It must never start anything beside a service, and on a system without such a service it must cost no process.

# The script itself is meant, whatever service there is. RUNIT_NAME = its name, without .sh.
runit_passes() {
    RUNIT_NAME=${1##*/} RUNIT_NAME=${RUNIT_NAME%.sh}
    [ ! -e /etc/runit/lsb.runit.sysv ] && [ "${RUNIT_SYSV-}" != pass ] || return 0
    for RUNIT_DIR in sysv pkgsysv; do
        [ ! -e "/etc/runit/override-sysv.d/$RUNIT_NAME.$RUNIT_DIR" ] || return 0
    done
    return 1
}

# False: the script itself is to be run. RUNIT_NAME = the service, RUNIT_DIR = its directory.
runit_service() {
    ! runit_passes "$1" || return 1
    set -- "$RUNIT_NAME" "$RUNIT_NAME@default"
    for RUNIT_NAME; do
        for RUNIT_DIR in "/etc/service/$RUNIT_NAME" "/etc/sv/$RUNIT_NAME" "/usr/share/runit/sv.current/$RUNIT_NAME"; do
            [ ! -e "$RUNIT_DIR/run" ] || return 0
        done
        # Unpacked beside the daemon, to be configured behind it: it comes in a moment.
        RUNIT_DIR=/etc/sv/$RUNIT_NAME
        if [ "${DPKG_MAINTSCRIPT_NAME-}" ] && [ -e "$RUNIT_DIR/run.dpkg-new" ]; then return 0; fi
    done
    RUNIT_NAME=$1 RUNIT_DIR=
    return 1
}

runit_is_init() { [ -e /run/runit.stopit ] || [ -e /etc/runit/stopit ]; }

# Nobody is to run it: neither the script nor the service hears of the call.
runit_blocked() {
    set -- "${1##*/}"
    set -- "${1%.sh}"
    [ -e "/etc/runit/override-sysv.d/$1.block" ] || [ -e "/etc/runit/override-sysv.d/$1.pkgblock" ]
}

# runit_act ACTION: does to the service RUNIT_NAME what ACTION asks of a script; gives the exit code that LSB
# wants of the script, or 104 where the script is to be run after all.
runit_act() {
    case $1 in
        start | stop | restart | reload | status | try-restart | force-stop | force-restart) set -- "$1" "$1" ;;
        # packages ask for this after an update, and mean: see the new settings
        force-reload) set -- "$1" reload ;;
        # only the script knows it, and it starts nothing
        *) return 104 ;;
    esac
    if [ ! -e "/etc/service/$RUNIT_NAME" ]; then
        # The administrator does not want it. Another init knows nothing of that.
        runit_is_init || return 104
        [ "$1" != status ] || { echo "$RUNIT_NAME: switched off (update-service --add $RUNIT_DIR)" && return 3; }
        return 0
    fi
    [ ! -e /etc/runit/lsb.runit.mask ] || return 0
    if [ "${DPKG_MAINTSCRIPT_NAME-}" ] && [ -e "/usr/share/runit/meta/$RUNIT_NAME/installed" ]; then
        # runit-helper does this itself in the same script
        return 0
    fi
    if [ ! -p "/etc/service/$RUNIT_NAME/supervise/ok" ]; then
        runit_is_init || return 104
        # Just switched on: runsvdir is about to start it.
        case $1 in status) return 3 ;; *) return 0 ;; esac
    fi
    SVDIR=/etc/service sv "$2" "$RUNIT_NAME" || set -- "$1" failed
    if [ "$1" = status ]; then
        read -r RUNIT_DIR <"/etc/service/$RUNIT_NAME/supervise/stat" || RUNIT_DIR=
        case $RUNIT_DIR in run*) return 0 ;; '') return 4 ;; *) return 3 ;; esac
    fi
    [ "$2" != failed ]
}
