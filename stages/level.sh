# shellcheck shell=sh
# Which level stage 2 runs; read by it. It must never take a word of the kernel's command line for a level that
# is not one.

# LEVEL = the directory below $1 to run: the kernel's command line, /etc/runit/default.runsvdir, default.
# Only runit.level=NAME, runitdir=NAME and the six old words choose; any other word on that line is not ours.
# One that is asked for and is not there is named, and `default` runs, whoever asked.
pick_level() {
    LEVEL= asks="the kernel's command line"
    kernel_line
    set -f # the words are not to be taken for file patterns
    quoted=
    for word in $KERNEL_LINE; do
        if [ -z "$quoted" ]; then
            case $word in
                runit.level=?* | runitdir=?*) LEVEL=${word#*=} ;;
                single | S | s | -s | emergency) LEVEL=single ;;
                # its own level, where there is one
                rescue) LEVEL=rescue && [ ! -d "$1/rescue" ] && LEVEL=single ;;
            esac
        fi
        case $word in *\"*\"*) ;; *\"*) [ "$quoted" ] && quoted= || quoted=yes ;; esac
    done
    set +f
    [ "$LEVEL" ] || { asks=default.runsvdir && read -r LEVEL <"$RUNIT_ETC/default.runsvdir"; } 2>/dev/null
    level_ok "$1" "$LEVEL" "$asks" || LEVEL=default
    [ -d "$1/$LEVEL" ] || LEVEL=single
}

# Is there a level $2 below $1, by its name or by another word for it? LEVEL is its name then. If not, and one
# was asked for by $3, that is said.
level_ok() {
    case $2 in
        '') return 1 ;;
        .* | */* | current | previous) ;;
        *)
            [ ! -d "$1/$2" ] || return 0
            level_alias "$1/aliases" "$2" && [ -d "$1/$LEVEL" ] && return 0
            ;;
    esac
    say "no level '$2' in $1 ($3 asks for it): using default"
    return 1
}

# LEVEL = what the file $1 says the word $2 stands for; the last line about it counts. False: nothing.
level_alias() {
    LEVEL=
    [ -r "$1" ] || return 1
    while read -r word name rest || [ "$word" ]; do
        case $word in '#'*) continue ;; "$2") ;; *) continue ;; esac
        case $name in *'#'*) name=${name%%#*} rest= ;; esac
        case $rest in '' | '#'*) ;; *) continue ;; esac
        case $name in '' | .* | -* | @* | */* | current | previous) ;; *) LEVEL=$name ;; esac
    done <"$1"
    [ "$LEVEL" ]
}
