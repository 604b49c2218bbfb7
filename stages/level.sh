# shellcheck shell=sh
# Which level stage 2 runs; read by it. It must never take a word of the kernel's command line for a level that
# is not one.

# LEVEL = the directory below $1 to run: the kernel's command line, /etc/runit/default.runsvdir, default.
# Only runit.level=NAME, runitdir=NAME and the five old words choose; any other word on that line is not ours.
pick_level() {
    LEVEL=
    kernel_line
    set -f # the words are not to be taken for file patterns
    quoted=
    for word in $KERNEL_LINE; do
        if [ -z "$quoted" ]; then
            case $word in
                runit.level=?* | runitdir=?*) LEVEL=${word#*=} ;;
                single | S | s | -s | rescue | emergency) LEVEL=single ;;
            esac
        fi
        case $word in *\"*\"*) ;; *\"*) [ "$quoted" ] && quoted= || quoted=yes ;; esac
    done
    set +f
    ! level_ok "$1" "$LEVEL" "the kernel's command line" || return 0
    LEVEL=
    { read -r LEVEL <"$RUNIT_ETC/default.runsvdir"; } 2>/dev/null
    level_ok "$1" "$LEVEL" default.runsvdir || LEVEL=default
    [ -d "$1/$LEVEL" ] || LEVEL=single
}

# Is there a level $2 below $1? If not, and one was asked for by $3, that is said.
level_ok() {
    case $2 in
        '') return 1 ;;
        .* | */* | current | previous) ;;
        *) [ ! -d "$1/$2" ] || return 0 ;;
    esac
    say "no level '$2' in $1 ($3 asks for it): using the default"
    return 1
}
