# shellcheck shell=bash disable=SC2154,SC2016 # variables of words.sh and check.sh; words for the inner shell
# Cases: Debian's packages that bring services for runit, each with all of its life on two machines: one with Debian's
# runit, one with ours. What is seen on the two must be the same, line by line; ours may leave less. See check.sh.

# The system that a side begins with: a layer, made once for all cases.
_layer() {
    layer=${TEST%/*}/side.$1
    exec 9>"$layer.lock"
    flock 9
    if [ ! -d "$layer" ]; then
        TEST=$layer.new
        mkdir -p "$TEST/upper" "$TEST/work" "$TEST/root"
        mount -t overlay overlay -o "lowerdir=${TEST%/*}/prepared:$BASE,upperdir=$TEST/upper,workdir=$TEST/work" "$TEST/root"
        _mounts
        case $1 in
            theirs) get install runit runit-init runit-helper initscripts sysv-rc adduser procps ;;
            ours)
                get install runit-helper initscripts sysv-rc adduser procps runit- runit-init-
                install runit-rs runit-rs-init
                ;;
        esac
        # Nothing but what the package brings; Debian's own has this virtual one everywhere, ours where it is asked for.
        find "$TEST/root/etc/runit/runsvdir/default" -mindepth 1 -delete
        ln -s /etc/sv/default-syslog "$TEST/root/etc/runit/runsvdir/default/.default-syslog"
        umount -R "$TEST/root"
        mv "$layer.new/upper" "$layer"
    fi
    exec 9>&-
}
_mounts() {
    mount --bind "$REPO" "$TEST/root/srv/repo"
    mount --bind "$THEIRS" "$TEST/root/srv/theirs"
    mount -t proc proc "$TEST/root/proc"
}

# _start SIDE: $TEST is its directory from now on, $init its process 1.
_start() {
    (_layer "$1")
    TEST=$TEST/$1
    layers=${TEST%/*/*}
    mkdir -p "$TEST/upper" "$TEST/work" "$TEST/root"
    mount -t overlay overlay -o "lowerdir=$layers/side.$1:$layers/prepared:$BASE,upperdir=$TEST/upper,workdir=$TEST/work" "$TEST/root"
    mount --bind "$REPO" "$TEST/root/srv/repo"
    mount --bind "$THEIRS" "$TEST/root/srv/theirs"
    unshare --mount --pid --net --uts --ipc --fork --kill-child "$here/chroot/machine.sh" "$TEST/root" >"$TEST/console" 2>&1 </dev/null &
    unshare=$!
    for _ in $(seq 300); do
        read -r init _ <"/proc/$unshare/task/$unshare/children" || :
        [ "$init" ] && [ "$(cat "/proc/$init/comm" 2>/dev/null)" = runsvdir ] && return
        sleep 0.1
    done
    cat "$TEST/console"
    fail "the machine of $1 starts"
}
_machine() {
    nsenter -t "$init" -m -p -n -u -i -r -w env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
        DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}
_apt() { _machine apt-get -y -q -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >>"$TEST/apt" 2>&1 || { tail "$TEST/apt" && fail "apt-get $*"; }; }

# saw WHAT: the lines from standard input, as what is seen of WHAT.
_saw() { sed "s|^|$1: |" >>"$TEST/saw"; }
# Without what runsvdir puts there when it is told to look again.
_links() { _machine find /etc/service/ -mindepth 1 -maxdepth 1 ! -name .forced-rescan -printf '%f -> %l\n' | LC_ALL=C sort | _saw "$1 links"; }
_names() { _machine find /etc/service/ -mindepth 1 -maxdepth 1 ! -name '.*' -printf '%f\n' | LC_ALL=C sort; }
# How NAME is, when that has not changed for two seconds; `restarts` if there is no such time within twelve.
_state() {
    how='' since=0 i=0
    while [ $i -lt 60 ]; do
        now=$(_machine sv status "/etc/service/$1" 2>/dev/null | sed -e 's/ [0-9]*s.*//' -e 's|/etc/service/||') || :
        if [ "$now" != "$how" ]; then how=$now since=0; fi
        since=$((since + 1)) i=$((i + 1))
        case $how in run:* | down:*) [ $since -lt 10 ] || { echo "${how%%:*}" && return; } ;; esac
        sleep 0.2
    done
    echo "restarts"
}
_states() {
    # All at once: each takes its seconds.
    for name in $(_names); do
        { _state "$name" >"$TEST/state.$name"; } &
        waiting="${waiting-} $!"
    done
    # shellcheck disable=SC2086 # a list
    [ -z "${waiting-}" ] || wait $waiting
    waiting=
    for name in $(_names); do
        echo "$name $(cat "$TEST/state.$name")" | _saw "$1 is"
        rm "$TEST/state.$name"
    done
}
_code() {
    what=$1 code=0
    shift
    echo "# $*" >>"$TEST/said"
    timeout 60 nsenter -t "$init" -m -p -n -u -i -r -w env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@" >>"$TEST/said" 2>&1 </dev/null || code=$?
    echo "exit $code" | _saw "$what"
}
# How many of each, once that stays.
_processes() {
    counts=''
    for _ in $(seq 20); do
        # Without those that have ended and wait for process 1.
        now=$(_machine ps -eo stat=,comm= | sed -n '/^Z/!s/^[^ ]* *//p' | grep -vx -e runsv -e runsvdir -e svlogd -e ps -e env -e sleep -e pause | LC_ALL=C sort | uniq -c) || :
        [ "$now" != "$counts" ] || break
        counts=$now
        sleep 0.5
    done
    _machine ps -eo pid,ppid,args >>"$TEST/said"
    [ -z "$counts" ] || echo "$counts" | _saw "$1 processes"
}
# What lies there that was not there before, logs and lists of dpkg and apt apart.
_left() { files | grep -v -e '^\./dev/' -e '^\./sys/' -e '^\./proc/' -e '/\.forced-rescan$' -e '^\./var/log/runit/$'; }

_packages() { _machine dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^[ir].  //p' | LC_ALL=C sort; }

# _life PACKAGE SCRIPT...: everything that happens to it. SCRIPTs are those of /etc/init.d.
_life() {
    package=$1
    shift
    true >"$TEST/said"
    _left >"$TEST/before"
    _packages >"$TEST/packages"
    _apt install "$package"
    _links installed
    _states installed
    _processes installed
    # What the package leaves to the administrator is put in use now.
    for name in $(_machine dpkg -L "$package" | sed -n 's|^/etc/sv/\([^/]*\)$|\1|p' | LC_ALL=C sort); do
        _machine test -L "/etc/service/$name" || _code "$name added" update-service --add "/etc/sv/$name"
    done
    _states used
    for name in $(_names); do
        _machine find "/etc/service/$name/" -not -path '*/supervise/*' -not -name .meta -not -path '*/.meta/*' -printf '%P %y %l\n' | LC_ALL=C sort | _saw "$name has"
        _code "$name registered" update-service --check "$name"
        # One that fails each second is now up and now down.
        [ "$(_state "$name")" = run ] || continue
        _code "$name checked" sv -w 5 check "$name"
        before=$(_machine cat "/etc/service/$name/supervise/pid")
        _code "$name restarted" sv -w 15 restart "$name"
        after=$(_machine cat "/etc/service/$name/supervise/pid")
        [ -z "$before" ] || { [ "$before" != "$after" ] && echo yes || echo no; } | _saw "$name is another process"
    done
    _states restarted
    _machine find /var/log -name current ! -path '*/apt/*' ! -path '*-klog/*' -printf '%p %u:%g %m\n' | LC_ALL=C sort | _saw logged
    _machine sh -c 'tail -n 3 /var/log/runit/*/current' >>"$TEST/said" 2>&1 || :
    for script; do
        # What a package of Debian calls: one daemon, a new one.
        _code "$script invoked" invoke-rc.d "$script" restart
        _states "$script invoked"
        _processes "$script invoked"
    done
    # The administrator's word counts when the package comes again.
    first=$(_names | head -n 1)
    if [ "$first" ]; then
        _code "$first removed" update-service --remove "/etc/sv/$first"
        for _ in $(seq 100); do ! _machine sv status "/etc/sv/$first" | grep -q ': runsv not running' || break; sleep 0.1; done
        _apt install --reinstall "$package"
        _links reinstalled
        _states reinstalled
        _code "$first added" update-service --add "/etc/sv/$first"
        _states added
    fi
    _apt remove "$package"
    _links removed
    _processes removed
    if [ "${purge-}" = fails ]; then return; fi
    _apt purge "$package"
    _links purged
    _processes purged
    # shellcheck disable=SC2046 # a list
    _apt purge $(_packages | LC_ALL=C comm -13 "$TEST/packages" -)
    _left >"$TEST/after"
    diff "$TEST/before" "$TEST/after" | sed -n 's/^> //p' | grep -Ev "$may_stay" | _saw left || :
}

# Debian's invoke-run takes the services of djbdns for those of a package that is gone: $better is the one that runs here.
# _as_theirs PACKAGE NAME=STATE... [-- SCRIPT...]
_as_theirs() {
    package=$1
    case " $ABSENT " in *" $package "*) echo "$package" >"$TEST/absent" && return ;; esac
    shift
    wanted=
    while [ $# -gt 0 ] && [ "$1" != -- ]; do wanted="$wanted $1" && shift; done
    [ $# = 0 ] || shift
    for side in theirs ours; do
        # -e holds in there, as it is no part of a condition
        (
            _start $side
            if [ "${prepare-}" ]; then _machine sh -c "$prepare"; fi
            _life "$package" "$@"
            echo whole >"$TEST/end"
            kill -s KILL "$unshare"
        ) &
    done
    wait
    for side in theirs ours; do [ -e "$TEST/$side/end" ] || { tail "$TEST/$side/apt" && fail "all of it was seen on the machine of $side"; }; done
    # What was said is for those who look into a difference.
    tail -n +1 "$TEST"/*/said "$TEST/ours/saw"
    diff -u "$TEST/theirs/saw" "$TEST/ours/saw" >"$TEST/differs" || :
    cat "$TEST/differs"
    # To leave less behind is no difference.
    # $better runs here, and not there.
    ! sed -e '1,2d' "$TEST/differs" | grep '^[-+]' | grep -Ev '^-(removed processes|purged processes|left): ' |
        grep -Ev "^(-[a-z ]* is: ${better:-none} (down|restarts)|\+[a-z ]* is: ${better:-none} (run|restarts)|\+${better:-none} (checked|restarted|is another process): .*|.logged: .*/${better:-none}/.*)\$" ||
        fail "the same on both machines"
    # The two could be wrong together.
    for one in $wanted; do
        grep -qxF "used is: ${one%=*} ${one#*=}" "$TEST/ours/saw" || fail "$one"
    done
}

debians_socklog_lives_as_under_debians_runit() {
    _as_theirs socklog-run socklog-unix=run
}


debians_bcron_lives_as_under_debians_runit() {
    _as_theirs bcron bcron-sched=run bcron-spool=run bcron-update=run -- bcron
}

debians_dnsmasq_lives_as_under_debians_runit() {
    # Its run script wants a file that this package of Debian 12 does not bring.
    prepare='mkdir -p /usr/share/dnsmasq && true >/usr/share/dnsmasq/installed-marker'
    _as_theirs dnsmasq dnsmasq=run -- dnsmasq
}

debians_tor_lives_as_under_debians_runit() {
    _as_theirs tor tor=run -- tor
}

debians_sshd_lives_as_under_debians_runit() {
    _as_theirs openssh-server ssh=run -- ssh
}

debians_dropbear_lives_as_under_debians_runit() {
    _as_theirs dropbear -- dropbear
}

debians_mini_httpd_lives_as_under_debians_runit() {
    prepare='mkdir -p /var/www/html'
    _as_theirs mini-httpd-run mini-httpd=run
}

debians_acpid_lives_as_under_debians_runit() {
    _as_theirs acpid acpid=run -- acpid
}

debians_irqbalance_lives_as_under_debians_runit() {
    _as_theirs irqbalance irqbalance=run -- irqbalance
}

debians_dnscache_lives_as_under_debians_runit() {
    better=dnscache
    _as_theirs dnscache dnscache=run
}

debians_tinydns_lives_as_under_debians_runit() {
    better=tinydns
    _as_theirs tinydns tinydns=run
}

debians_walldns_lives_as_under_debians_runit() {
    # which fails each second, for want of a root directory
    better=walldns
    _as_theirs walldns
}

debians_rbldns_lives_as_under_debians_runit() {
    better=rbldns
    _as_theirs rbldns rbldns=run
}

debians_axfrdns_lives_as_under_debians_runit() {
    better=axfrdns
    _as_theirs axfrdns axfrdns=run
}

debians_git_daemon_lives_as_under_debians_runit() {
    # in a script of its own
    purge=fails
    _as_theirs git-daemon-run git-daemon=run
}

debians_opendnssec_signer_lives_as_under_debians_runit() {
    _as_theirs opendnssec-signer
}

debians_opendnssec_enforcer_lives_as_under_debians_runit() {
    _as_theirs opendnssec-enforcer
}
