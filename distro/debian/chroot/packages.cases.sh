# shellcheck shell=bash disable=SC2154,SC2016 # variables of words.sh; words for dpkg-query
# Cases: the packages by themselves, as they come, change and go. See check.sh.

# What may be new after a purge: the account of the loggers, in files that dpkg does not know.
may_stay='^\./(etc/(passwd|group|shadow|gshadow|subuid|subgid)-|var/log/(alternatives|dpkg)\.log|etc/\.pwd\.lock)$'

what_is_installed_and_purged_leaves_nothing() {
    # openssh-server has a service of its own, with a directory for its log.
    get install adduser openssh-server
    files >"$TEST/before"
    install runit-rs runit-rs-init runit-rs-services
    is_installed runit-rs runit-rs-init runit-rs-services
    # As after some time of use.
    inside sh -c 'mkdir -p /var/log/runit/udevd /var/lib/runit && echo x >/var/log/runit/udevd/current &&
        echo x >/var/lib/runit/random-seed && mkdir -p /var/lib/seedrng /etc/sv/ssh/supervise &&
        echo x >/var/lib/seedrng/seed.no-credit && echo x >/var/log/dmesg.log && echo x >/etc/sv/ssh/supervise/pid &&
        echo x >/etc/runit/runsvdir/default/.forced-rescan && ln -sfn default /etc/runit/runsvdir/previous'
    get purge runit-rs runit-rs-init runit-rs-services
    files >"$TEST/after"
    # diff gives 1 where there is a difference.
    diff "$TEST/before" "$TEST/after" | sed -n 's/^[<>] //p' | grep -Ev "$may_stay" >"$TEST/left" || :
    [ ! -s "$TEST/left" ] || fail "nothing is left or gone: $(cat "$TEST/left")"
    inside getent passwd _runit-log
}

all_four_packages_come_and_go_without_a_trace() {
    get install adduser systemd systemd-sysv cron
    traces >"$TEST/before"
    install runit-rs runit-rs-run runit-rs-services
    is_installed runit-rs runit-rs-run runit-rs-services
    install_over systemd-sysv runit-rs-init
    is_installed runit-rs runit-rs-init runit-rs-services
    is_not_installed runit-rs-run
    get install systemd-sysv
    is_not_installed runit-rs-init
    get purge runit-rs runit-rs-run runit-rs-init runit-rs-services
    [ -z "$(inside dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 'runit-rs*')" ]
    traces >"$TEST/after"
    diff "$TEST/before" "$TEST/after" | sed -n 's/^[<>] //p' | grep -Ev "$may_stay" >"$TEST/left" || :
    [ ! -s "$TEST/left" ] || fail "nothing is left, gone or changed: $(cat "$TEST/left")"
}

supervision_under_another_init_leaves_nothing() {
    get install adduser systemd sysvinit-core
    files >"$TEST/before"
    cp -a "$TEST/root/etc/inittab" "$TEST/inittab"
    install runit-rs runit-rs-run
    is_installed runit-rs-run
    has_line /etc/inittab 'RR:12345:respawn:/usr/lib/runit/supervise'
    leads_to /etc/systemd/system/multi-user.target.wants/runit.service /lib/systemd/system/runit.service ||
        leads_to /etc/systemd/system/multi-user.target.wants/runit.service /usr/lib/systemd/system/runit.service
    inside systemd-analyze verify --man=no --recursive-errors=no runit.service
    is_there /etc/runit/runsvdir/svmanaged
    is_gone /etc/runit/runsvdir/default/getty-tty1
    # Twice is as once.
    install --reinstall runit-rs-run
    [ "$(grep -c '^RR:' "$TEST/root/etc/inittab")" = 1 ]
    get purge runit-rs runit-rs-run
    cmp "$TEST/inittab" "$TEST/root/etc/inittab"
    files >"$TEST/after"
    diff "$TEST/before" "$TEST/after" | sed -n 's/^[<>] //p' | grep -Ev "$may_stay" >"$TEST/left" || :
    [ ! -s "$TEST/left" ] || fail "nothing is left or gone: $(cat "$TEST/left")"
}

what_is_removed_keeps_the_settings_and_the_logs_and_comes_back_with_them() {
    install runit-rs runit-rs-init
    echo 'HARDWARECLOCK=localtime' >>"$TEST/root/etc/runit/rc.conf"
    rm "$levels/default/getty-tty6"
    mkdir -p "$TEST/root/var/log/runit/udevd"
    get remove runit-rs runit-rs-init
    is_gone /sbin/init /usr/bin/sv /sbin/halt
    is_there /etc/runit/rc.conf /etc/runit/1 /var/log/runit/udevd /etc/runit/runsvdir/default/getty-tty1
    install runit-rs runit-rs-init
    has_line /etc/runit/rc.conf HARDWARECLOCK=localtime
    is_there /etc/runit/runsvdir/default/getty-tty1
    is_gone /etc/runit/runsvdir/default/getty-tty6
}

a_newer_version_keeps_what_the_administrator_has_changed() {
    install runit-rs runit-rs-init runit-rs-services cron
    echo 'HARDWARECLOCK=localtime' >>"$TEST/root/etc/runit/rc.conf"
    rm "$levels/default/getty-tty6"
    mv "$levels/default/getty-tty5" "$levels/default/.getty-tty5"
    rm "$levels/default/cron"
    mkdir -p "$TEST/root/etc/sv/mine" "$levels/office"
    ln -s /etc/sv/mine "$levels/default/mine"
    ln -s /etc/sv/mine "$levels/office/mine"
    inside runsvchdir office
    # shellcheck disable=SC2046
    get install -o Dpkg::Options::=--force-confold $(ours newer runit-rs runit-rs-init runit-rs-services)
    case $(inside dpkg-query -W -f '${Version}' runit-rs-init) in *.1) ;; *) fail "the newer version" ;; esac
    # Changed here and there: ours stays, theirs lies beside it. Changed only there: theirs.
    has_line /etc/runit/rc.conf HARDWARECLOCK=localtime
    has_no_line /etc/runit/rc.conf 'A line of the newer version'
    is_there /etc/runit/rc.conf.dpkg-dist
    has_line /etc/runit/boot.d/90-rc-local.sh '# A line of the newer version.'
    is_gone /etc/runit/runsvdir/default/getty-tty6 /etc/runit/runsvdir/default/getty-tty5 /etc/runit/runsvdir/default/cron
    is_there /etc/runit/runsvdir/default/.getty-tty5 /etc/runit/runsvdir/default/mine /etc/runit/runsvdir/office/mine
    leads_to /etc/runit/runsvdir/current office
}

a_service_comes_with_its_daemon_and_goes_with_it() {
    install runit-rs runit-rs-init runit-rs-services
    is_gone /etc/runit/runsvdir/default/cron
    install cron
    leads_to /etc/runit/runsvdir/default/cron /usr/share/runit/sv.current/cron
    get remove cron
    is_gone /etc/runit/runsvdir/default/cron
    install cron
    is_there /etc/runit/runsvdir/default/cron
    # What the administrator disables stays disabled, whatever else is installed.
    mv "$levels/default/cron" "$levels/default/.cron"
    install --reinstall cron runit-rs-services
    is_gone /etc/runit/runsvdir/default/cron
    get purge runit-rs-services
    is_gone /usr/share/runit/sv.current/cron
}

a_service_of_a_package_of_its_own_goes_before_ours() {
    install runit-rs runit-rs-services openssh-server
    if [ -e "$TEST/root/etc/sv/ssh/run" ]; then
        leads_to /etc/runit/runsvdir/default/ssh /etc/sv/ssh
    else
        leads_to /etc/runit/runsvdir/default/ssh /usr/share/runit/sv.current/ssh
    fi
}
