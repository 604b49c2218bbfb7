# shellcheck shell=sh
# What the stages and their duties share: messages, settings, the runner, time limits, flag files.
# It decides how a duty is run and what its exit code means. It must never run a duty in the shell of the
# stage (one `exit` would end the boot), hang, or open a shell that asks for no password.
#
# A duty is a file NN-name.sh in boot.d or shutdown.d. Its exit code:
#   0       done, or skipped with a word (`skip why`)
#   1..99   failed; named on the console, the boot goes on (2 is also what sh says of a syntax error)
#   100     severe: emergency shell (sulogin, for EMERGENCY_TIMEOUT seconds), the duty once more, then on
#   101     the machine must be restarted now (a repaired root file system)
#   102     severe, and going on is not safe: emergency shell, the duty once more, then $EMERGENCY_END
#   128+n   died of signal n, or was ended by its time limit; as 1
# Only boot.d knows 100 to 102: in shutdown.d every failure is named and the machine goes down all the same.

RUNIT_ETC=${RUNIT_ETC:-/etc/runit}
RUNIT_RUN=${RUNIT_RUN:-/run/runit}
PROC=${RUNIT_PROC:-/proc}
SVDIR=${RUNIT_SVDIR:-/etc/service}
FSTAB=${RUNIT_FSTAB:-/etc/fstab}
DUTY=${0##*/} DUTY=${DUTY%.sh}
RUNIT_STAGE=${RUNIT_STAGE:-$DUTY}
PATH=${RUNIT_PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH
umask 022

# --- messages -------------------------------------------------------------------------------------------

say() { printf 'runit: %s: %s\n' "$DUTY" "$*"; }

# The end of a duty that has nothing to do here.
skip() {
    say "skipped: $*"
    exit 0
}

have() { command -v "$1" >/dev/null 2>&1; }

# Word $2.. contains word $1?
in_list() {
    case " $2 " in *" $1 "*) return 0 ;; esac
    return 1
}

# --- settings: rc.conf, the kernel's command line, what kind of machine this is --------------------------

# rc.conf is shell. A mistake in it would end the shell that reads it, so a child tries it first. A service spares
# itself the child where stage 1 has tried it and its date says that it is the same; a date can lie, so no stage does.
settings() {
    HOSTNAME=
    # shellcheck disable=SC3013 # POSIX of 2024, and every sh here before it
    if [ ! -r "$RUNIT_ETC/rc.conf" ]; then
        :
    elif ! is_stage && [ "$RUNIT_RUN/rc.conf-tried" -nt "$RUNIT_ETC/rc.conf" ]; then
        . "$RUNIT_ETC/rc.conf"
    else
        # shellcheck source=stages/rc.conf
        (. "$RUNIT_ETC/rc.conf"; exit 77)
        if [ $? = 77 ]; then
            . "$RUNIT_ETC/rc.conf"
            rc_conf_good=yes
        else
            say "fatal mistake in $RUNIT_ETC/rc.conf: going on with the defaults"
        fi
    fi
    : "${EMERGENCY_TIMEOUT:=300}" "${EMERGENCY_END:=reboot}" "${DUTY_LIMIT:=90}"
    : "${STOP_LAST=udevd klogd syslogd rsyslog socklog-klog socklog-unix busybox-klogd busybox-syslogd dbus dhcpcd udhcpc \
connmand iwd wpa_supplicant NetworkManager network-manager networking}"
}

is_stage() { case ${RUNIT_STAGE-} in [123] | ctrlaltdel) ;; *) return 1 ;; esac; }

# The kernel's command line as words, or nothing in a container (there it is the host's).
kernel_line() {
    KERNEL_LINE=
    in_container || { read -r KERNEL_LINE <"$PROC/cmdline"; } 2>/dev/null || :
}

# VALUE = what the last NAME=value on the kernel's command line says; false if there is none.
kernel_value() {
    kernel_line
    case " $KERNEL_LINE" in
        *" $1="*)
            VALUE=${KERNEL_LINE##*"$1="}
            VALUE=${VALUE%% *}
            return 0
            ;;
    esac
    return 1
}

# A container, or any pid namespace that is not the machine's own (there process 2 is kthreadd).
in_container() {
    case ${CONTAINER-} in yes) return 0 ;; no) return 1 ;; esac
    [ -e "$PROC/uptime" ] || [ "${container-}" ] || return 1
    CONTAINER=yes
    if [ -z "${container-}" ] && [ ! -e "${RUNIT_ROOT-}/run/.containerenv" ] && [ ! -e "${RUNIT_ROOT-}/.dockerenv" ]; then
        thread=
        { read -r thread <"$PROC/2/comm"; } 2>/dev/null
        [ "$thread" != kthreadd ] || CONTAINER=no
    fi
    [ $CONTAINER = yes ]
}

skip_in_container() { if in_container; then skip container; fi; }

# --- time -----------------------------------------------------------------------------------------------

# NOW = hundredths of a second since the kernel started (on a system without /proc: of the wall clock).
now() {
    NOW=
    { read -r NOW _ <"$PROC/uptime"; } 2>/dev/null || NOW=$(date +%s).00
    NOW=$((${NOW%.*} * 100 + 1${NOW#*.} - 100))
}

# SECONDS_TEXT = $1 hundredths of a second as text, "1.07".
seconds() {
    SECONDS_TEXT=$(($1 % 100))
    [ $SECONDS_TEXT -gt 9 ] || SECONDS_TEXT=0$SECONDS_TEXT
    SECONDS_TEXT=$(($1 / 100)).$SECONDS_TEXT
}

# A short pause between two looks; a sleep that knows no fractions sleeps one second.
nap() { sleep 0.1 2>/dev/null || sleep 1; }

# --- processes ------------------------------------------------------------------------------------------

# P_NAME P_STATE P_PARENT P_SESSION P_TTY P_FLAGS of process $1 (from /proc/PID/stat); false if it is gone.
process() {
    { read -r P_NAME <"$PROC/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # split on purpose: state parent group session tty tpgid flags ...
    set -- ${P_NAME##*) }
    P_NAME=${P_NAME#*\(} P_NAME=${P_NAME%\)*}
    # shellcheck disable=SC2034 # for the callers
    P_STATE=$1 P_PARENT=$2 P_SESSION=$4 P_TTY=$5 P_FLAGS=$7
}

# TABLE = of every process six words: pid state parent session tty flags. By runsvstop, or one sed: the shell itself
# reads byte by byte, and takes a long line apart slowly. A process may call itself what it likes, line ends too, so before one
# is ended it is looked at by itself; one whose line cannot be read stands there with zeros.
look() {
    TABLE=$(runsvstop -l 2>/dev/null)
    case $TABLE in [1-9]*) return ;; esac
    TABLE=$(sed -n \
        -e 's/^\([0-9]*\) (.*) \([A-Za-z]\) \([0-9]*\) [0-9]* \([0-9]*\) \([-0-9]*\) [-0-9]* \([0-9]*\) .*/\1 \2 \3 \4 \5 \6/p; t' \
        -e 's/^\([0-9][0-9]*\) (.*/\1 R 0 0 0 0/p' "$PROC"/[0-9]*/stat 2>/dev/null)
}

# Calls function $1 for each process of TABLE but the kernel's threads: P_PID P_STATE P_PARENT P_SESSION P_TTY.
each_process() {
    call=$1
    # shellcheck disable=SC2086 # words
    set -- $TABLE
    while [ $# -ge 6 ]; do
        P_PID=$1 P_STATE=$2 P_PARENT=$3 P_SESSION=$4 P_TTY=$5 P_FLAGS=$6
        shift 6
        [ $((P_FLAGS & 0x200000)) != 0 ] || $call
    done
}

# FAMILY = the processes $1 (a list) and all their descendants in TABLE, but for process $2 and what is below it.
family() {
    pairs=
    each_process note_pair
    FAMILY=" $1 " grown=yes
    while [ $grown ]; do
        grown=
        for pair in $pairs; do
            case $FAMILY in *" ${pair%:*} "*) continue ;; esac
            [ "${pair%:*}" != "${2-}" ] || continue
            case $FAMILY in *" ${pair#*:} "*) FAMILY="$FAMILY${pair%:*} " grown=yes ;; esac
        done
    done
}
note_pair() { pairs="$pairs $P_PID:$P_PARENT"; }

# Ends the processes of FAMILY: TERM, after two seconds KILL. False if one is left (it hangs in the kernel).
end_family() {
    for signal in TERM KILL; do
        for pid in $FAMILY; do kill -s $signal "$pid" 2>/dev/null; done
        now
        until=$((NOW + 200))
        while family_lives; do
            [ "$NOW" -lt $until ] || continue 2
            nap
            now
        done
        return 0
    done
    return 1
}
family_lives() {
    for pid in $FAMILY; do
        process "$pid" && [ "$P_STATE" != Z ] && return 0
    done
    return 1
}

# MYSELF = the process that asks, also in a subshell (where $$ is the parent's).
myself() { read -r MYSELF _ <"$PROC/self/stat"; }

# --- limits ---------------------------------------------------------------------------------------------

# limit SECONDS COMMAND...: the command's exit code, or 124 when it had to be ended. It comes back even if the
# command cannot be killed (a dead network mount): that one is left behind.
limit() {
    limit_seconds=$1 limit_over=
    shift
    myself
    trap 'limit_over=yes' ALRM
    "$@" &
    limited=$!
    (
        trap 'kill -s KILL $! 2>/dev/null; exit 0' TERM
        sleep "$limit_seconds" &
        wait $!
        kill -s ALRM "$MYSELF"
    ) </dev/null &
    limit_dog=$!
    wait $limited
    limit_code=$?
    if [ -z "$limit_over" ]; then
        kill -s TERM $limit_dog 2>/dev/null
        return $limit_code
    fi
    look
    family $limited
    if end_family; then
        say "$1: ended after $limit_seconds s"
    else
        say "$1: cannot be ended, left behind after $limit_seconds s"
    fi
    return 124
}

# A duty says how many seconds it may take in all, instead of DUTY_LIMIT; 0: as long as it likes.
deadline() {
    now
    [ ! -w "$RUNIT_RUN/duty" ] || echo "$DUTY $NOW $1" >"$RUNIT_RUN/duty"
}

# One process for the whole stage ends a duty that outlives its limit, with all it has started. It looks every
# five seconds (each look is a process), or as often as the limit asks for that rc.conf gives to all.
watchdog() {
    leave= look=5
    [ "$DUTY_LIMIT" = 0 ] || [ "$DUTY_LIMIT" -gt 5 ] || look=1
    trap 'leave=yes; kill -s KILL $! 2>/dev/null' TERM
    myself
    while [ -z "$leave" ]; do
        sleep $look &
        wait $!
        { read -r DUTY since allowed <"$RUNIT_RUN/duty"; } 2>/dev/null || continue # /run was just mounted
        now
        [ "${allowed:-0}" -gt 0 ] || continue
        [ $((NOW - since)) -gt $((allowed * 100)) ] || continue
        say "ended by its limit of $allowed s"
        look
        family $$ "$MYSELF"
        FAMILY=${FAMILY#" $$ "}
        end_family
    done
}

# --- the runner -----------------------------------------------------------------------------------------

# run_duties DIRECTORY TIMES: every duty in order of its number, each its own process; one line
# "NN-name seconds exitcode" each in the file TIMES. False: the machine is to go down now (only in stage 1).
run_duties() {
    stage_end= failed= count=0 pending= dog=
    now
    stage_start=$NOW
    trap : INT QUIT TSTP # from the console they end the duty in hand, never the stage
    [ ! -f "$2" ] || true >"$2"
    for duty in "$1"/*.sh; do
        [ -f "$duty" ] || continue
        case $duty in
            # the administrator's own go by any name
            "$1"/[0-9][0-9]-* | */boot-run/* | */shutdown-run/*) ;;
            *) continue ;;
        esac
        DUTY=${duty##*/} DUTY=${DUTY%.sh}
        in_list "${DUTY#*-}" "${SKIP_DUTIES-}" && say "skipped: SKIP_DUTIES" && continue
        run_duty "$duty" "$2"
        case $RUNIT_STAGE$code in
            1100 | 1102)
                emergency
                run_duty "$duty" "$2"
                ;;
        esac
        [ $code = 0 ] || failed="$failed $DUTY"
        case $RUNIT_STAGE$code in
            1101) stage_end=reboot && break ;;
            1102) stage_end=$EMERGENCY_END && break ;;
        esac
    done
    # It may still be ending something.
    [ -z "$dog" ] || { kill -s TERM $dog && wait $dog; }
    DUTY=$RUNIT_STAGE
    now
    seconds $((NOW - stage_start))
    say "$count duties in $SECONDS_TEXT s${failed:+, failed:$failed}"
    [ -z "$stage_end" ]
}

# Runs duty $1, sets its exit code in `code`, and notes its time in the file $2.
run_duty() {
    now
    start=$NOW count=$((count + 1))
    # (Before /run is mounted there may be a directory of that name on a root that is not writable yet.)
    if [ -d "$RUNIT_RUN" ] && { echo "$DUTY $NOW $DUTY_LIMIT" >"$RUNIT_RUN/duty"; } 2>/dev/null; then
        [ "$dog" ] || { watchdog & dog=$!; }
    fi
    first=
    read -r first <"$duty"
    case $first in
        '#!/bin/sh' | '#!/bin/sh '*) (. "$duty") ;; # a child of its own, without a second start of sh
        *) "$duty" ;;
    esac
    code=$?
    [ ! -w "$RUNIT_RUN/duty" ] || true >"$RUNIT_RUN/duty"
    [ $code = 0 ] || say "FAILED ($code)"
    now
    seconds $((NOW - start))
    pending="$pending$DUTY $SECONDS_TEXT $code
"
    [ ! -d "${2%/*}" ] || { printf %s "$pending" >>"$2" && pending=; }
}

# Asks for root's password and gives a shell; nobody there: the boot goes on after EMERGENCY_TIMEOUT.
emergency() {
    if ! have sulogin; then
        say "no sulogin, no emergency shell: going on"
        return 0
    fi
    say "emergency shell: leave it to go on; without a password this machine goes on in $EMERGENCY_TIMEOUT s"
    sulogin -t "$EMERGENCY_TIMEOUT"
    say "going on"
}

# --- flag files of process 1 ----------------------------------------------------------------------------

# stopit, reboot, halt, kexec in /etc/runit are links to /run/runit.NAME, so that /etc may be read-only.
flag_set() {
    for flag in "$RUNIT_ETC/$1" "/run/runit.$1"; do
        true 2>/dev/null >"$flag" && chmod 0100 "$flag" && return
    done
    say "cannot set the flag $1"
    return 1
}

# Also on a /run mounted noexec, where `test -x` denies the bit that process 1 looks at.
flag_is_set() {
    [ ! -x "$RUNIT_ETC/$1" ] || return 0
    [ -e "$RUNIT_ETC/$1" ] || return 1
    case $(ls -lL "$RUNIT_ETC/$1") in ???[xs]*) return 0 ;; esac
    return 1
}

# What is to happen after stage 3: go_down reboot|halt|poweroff|kexec.
go_down() {
    [ "$1" = poweroff ] || flag_set "$1"
}

settings
. "$RUNIT_ETC/mounts.sh"
