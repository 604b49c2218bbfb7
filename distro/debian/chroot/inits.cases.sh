# shellcheck shell=bash disable=SC2154,SC2016 # variables of words.sh; words for dpkg-query
# Cases: ours in the place of another init, and back. Nothing is forced: apt would ask for a sentence before it
# removes what a system needs, and nobody is there to type it. See check.sh.

_is_the_init() {
    is_installed runit-rs runit-rs-init
    # Both names of one file, as /sbin is a link to /usr/sbin.
    leads_to /sbin/init runit-init
    leads_to /usr/sbin/init runit-init
    leads_to /sbin/reboot halt
    for program in init runit runit-init halt shutdown runlevel telinit reboot poweroff; do
        [ -x "$TEST/root/sbin/$program" ] || fail "/sbin/$program is there"
    done
    is_there /etc/runit/1 /etc/runit/2 /etc/runit/3 /etc/runit/stopit
    leads_to /etc/service runit/runsvdir/current
    is_there /usr/sbin/service.distrib /usr/sbin/invoke-rc.d.distrib
    is_there /etc/runit/runsvdir/default/getty-tty1 /etc/service/getty-tty1/run
}

debians_runit_is_replaced_and_comes_back() {
    get install runit runit-init runit-helper getty-run
    # Of Debian 12 /lib/runit/runit-init, later runit-init beside it.
    theirs=$(readlink "$TEST/root/sbin/init")
    mkdir -p "$TEST/root/etc/sv/mine"
    ln -s /etc/sv/mine "$levels/default/mine"
    install_over runit-init runit-rs runit-rs-init runit-rs-services
    _is_the_init
    is_not_installed runit runit-init
    is_there /etc/runit/runsvdir/default/mine
    # Its stages, which nobody has changed, are ours now.
    inside dpkg-query -S /etc/runit/1 | grep -q '^runit-rs-init: '
    cmp "$TEST/root/etc/runit/1" "$here/../../stages/1"
    get install runit runit-init
    is_not_installed runit-rs runit-rs-init
    is_installed runit runit-init
    leads_to /sbin/init "$theirs"
    is_there /etc/runit/runsvdir/default/mine /etc/service/getty-tty1/run
}

sysvinit_is_replaced_and_comes_back() {
    get install init sysvinit-core
    install_over sysvinit-core runit-rs runit-rs-init runit-rs-services
    _is_the_init
    is_not_installed sysvinit-core
    is_installed init
    get install sysvinit-core
    is_not_installed runit-rs-init
    is_installed sysvinit-core init
    [ ! -L "$TEST/root/sbin/init" ]
}

systemd_is_replaced_and_comes_back() {
    get install init systemd-sysv
    install_over systemd-sysv runit-rs runit-rs-init runit-rs-services
    _is_the_init
    is_not_installed systemd-sysv
    is_installed init
    get install systemd-sysv
    is_not_installed runit-rs-init
    is_installed systemd-sysv init
    leads_to /sbin/init /lib/systemd/systemd || leads_to /sbin/init ../lib/systemd/systemd
}

supervision_alone_gives_way_to_the_init() {
    get install init systemd-sysv
    install runit-rs runit-rs-run
    install_over systemd-sysv runit-rs-init
    _is_the_init
    is_not_installed runit-rs-run systemd-sysv
}

# The system of the case runs: its init is process 1 of a namespace.
_boot() {
    mkdir -p "$TEST/root/dev"
    mount --rbind /dev "$TEST/root/dev"
    mount -t tmpfs run "$TEST/root/run"
    # Nothing but what can run here.
    for name in getty-console getty-tty1 getty-tty2 getty-tty3 getty-tty4 getty-tty5 getty-tty6 udevd power-button sysv; do
        rm -f "$levels/default/$name"
    done
    unshare --mount --pid --fork --kill-child sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" /sbin/init' \
        boot "$TEST/root" >"$TEST/console" 2>&1 </dev/null &
    unshare=$!
    for _ in $(seq 300); do
        init=$(cat "/proc/$unshare/task/$unshare/children" 2>/dev/null) || :
        init=${init%% *}
        ! grep -q '[0-9]' "$TEST/root/run/runit/supervise/initctl/pid" 2>/dev/null || return 0
        sleep 0.1
    done
    cat "$TEST/console"
    fail "it boots"
}

# _running COMMAND...: in the running system.
_running() {
    nsenter --target "$init" --mount --pid --root --wd env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
        DEBIAN_FRONTEND=noninteractive "$@"
}

what_runs_goes_on_when_another_init_is_installed_until_the_restart() {
    get install init systemd-sysv
    install_over systemd-sysv runit-rs runit-rs-init runit-rs-services
    _boot
    pid=$(cat "$TEST/root/run/runit/supervise/initctl/pid")
    _running apt-get -y -q --no-install-recommends install systemd-sysv
    is_not_installed runit-rs-init
    # The same process, still supervised, in its old directory.
    [ "$(cat "$TEST/root/run/runit/supervise/initctl/pid")" = "$pid" ]
    _running sv status initctl | grep "^run: initctl: (pid $pid)"
    is_there /usr/share/runit/sv.current/initctl/run /usr/share/runit/sv.current/getty-tty1/run /etc/runit/stopit
    is_gone /usr/share/runit/sv.current/initctl/.kept
    _running apt-get -y -q purge runit-rs-init
    is_gone /usr/share/runit/sv.current/initctl /usr/share/runit/sv.current/getty-tty1 /etc/runit/stopit /var/lib/runit/kept
}

what_debians_runit_leaves_is_purged_without_harm_to_what_runs() {
    get install runit runit-init runit-helper
    install_over runit-init runit-rs runit-rs-init runit-rs-services
    _boot
    pid=$(cat "$TEST/root/run/runit/supervise/initctl/pid")
    # It takes the link of the level in use along, which is not its own any more.
    _running dpkg --purge runit
    leads_to /etc/runit/runsvdir/current default
    _running sv status initctl | grep "^run: initctl: (pid $pid)"
}

a_newer_version_takes_the_place_of_process_1() {
    install runit-rs runit-rs-init
    _boot
    pid=$(cat "$TEST/root/run/runit/supervise/initctl/pid")
    # shellcheck disable=SC2046
    _running apt-get -y -q install $(ours newer runit-rs runit-rs-init)
    for _ in $(seq 100); do
        ! _running readlink /proc/1/exe | grep -q deleted || { sleep 0.1 && continue; }
        break
    done
    [ "$(_running readlink /proc/1/exe)" = /usr/sbin/runit ]
    [ "$(cat "$TEST/root/run/runit/supervise/initctl/pid")" = "$pid" ]
    _running sv status initctl | grep "^run: initctl: (pid $pid)"
}
