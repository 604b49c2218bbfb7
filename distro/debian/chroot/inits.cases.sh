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
    is_there /etc/runit/runsvdir/default/getty-tty1 /etc/service/getty-tty1/run
}

debians_runit_is_replaced_and_comes_back() {
    get install runit runit-init runit-helper getty-run
    leads_to /sbin/init /lib/runit/runit-init
    mkdir -p "$TEST/root/etc/sv/mine"
    ln -s /etc/sv/mine "$levels/default/mine"
    install runit-rs runit-rs-init runit-rs-services
    _is_the_init
    is_not_installed runit runit-init
    is_there /etc/runit/runsvdir/default/mine
    # Its stages, which nobody has changed, are ours now.
    inside dpkg-query -S /etc/runit/1 | grep -q '^runit-rs-init: '
    cmp "$TEST/root/etc/runit/1" "$here/../../stages/1"
    get install runit runit-init
    is_not_installed runit-rs runit-rs-init
    is_installed runit runit-init
    leads_to /sbin/init /lib/runit/runit-init
    is_there /etc/runit/runsvdir/default/mine /etc/service/getty-tty1/run
}

sysvinit_is_replaced_and_comes_back() {
    get install init sysvinit-core
    install runit-rs runit-rs-init runit-rs-services
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
    install runit-rs runit-rs-init runit-rs-services
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
    install runit-rs-init
    _is_the_init
    is_not_installed runit-rs-run systemd-sysv
}
