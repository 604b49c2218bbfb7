# shellcheck shell=sh
# The order of Debian's own scripts: insserv(8), which has decided it so far, is asked, and ours must never be another.

# _system: a root with all scripts, linked where their headers say
_system() {
    mkdir -p "$T/r/etc/rcS.d" "$T/r/etc/rc2.d" "$T/r/etc/rc6.d" "$T/r/etc/rc0.d" "$T/r/run/runit/sysv"
    cp -R /mnt/scripts/etc "$T/r/"
    for script in "$T/r/etc/init.d"/*; do
        name=${script##*/}
        chmod +x "$script"
        start=$(sed -n 's/^# *Default-Start: *//p' "$script")
        stop=$(sed -n 's/^# *Default-Stop: *//p' "$script")
        case " $start " in
            *S*) ln -s "../init.d/$name" "$T/r/etc/rcS.d/S01$name" ;;
            *2*) ln -s "../init.d/$name" "$T/r/etc/rc2.d/S01$name" ;;
        esac
        case $stop in *6*) ln -s "../init.d/$name" "$T/r/etc/rc6.d/K01$name" ;; esac
        true >"$T/r/run/runit/sysv/${name%.sh}"
    done
    insserv=/mnt/scripts/sbin/insserv
    [ -x $insserv ] || insserv=/mnt/scripts/usr/sbin/insserv
    (cd "$T/r" && $insserv -n -s -c "$T/r/etc/insserv.conf" -p "$T/r/etc/init.d") >"$T/theirs" 2>/dev/null
    [ "$(grep -c '^[SK]:' "$T/theirs")" -gt 40 ]
}

# _agrees LETTER LEVEL: each "NAME after OTHER..." of ours has a higher number there than all others
_agrees() {
    awk -v letter="$1" -v level="$2" '
        NR == FNR {
            split($0, part, ":")
            if (part[1] == letter && index(" " part[3] " ", " " level " ")) number[part[4]] = part[2]
            next
        }
        { lines++ }
        $1 in number { known++ }
        { for (n = 3; n <= NF; n++) {
            pairs++
            if (($1 in number) && ($n in number) && number[$1] <= number[$n]) { print "not so: " $0 " (" $n ")"; bad = 1 }
        } }
        END {
            print lines " scripts, " known " known to insserv, " pairs " pairs"
            exit bad || known < lines * 0.9 || pairs < 3
        }' "$T/theirs" "$T/ours"
}

the_boot_is_in_the_order_of_insserv() {
    _system
    rm -r "$T/r/run/runit/sysv"
    sysv-rc -r "$T/r" -a -n start /etc/rcS.d >"$T/ours" 2>"$T/out"
    is warnings "$(cat "$T/out")" ''
    _agrees S S
    sysv-rc -r "$T/r" -a -n start /etc/rc2.d >"$T/ours" 2>"$T/out"
    is warnings "$(cat "$T/out")" ''
    # of those that only $all orders, and bluetooth
    _agrees S 2
}

the_way_down_is_in_the_order_of_insserv() {
    _system
    sysv-rc -r "$T/r" -n stop /etc/rc6.d >"$T/ours" 2>"$T/out"
    is warnings "$(cat "$T/out")" ''
    _agrees K 6
}
