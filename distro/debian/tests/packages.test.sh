# shellcheck shell=sh
# Debian's packages that bring services for runit, installed as they are: their maintainer scripts (runit-helper,
# update-service, invoke-rc.d) and their run scripts work on ours, under a runsvdir of ours.

# _install PACKAGE...: by dpkg, with what is there in the place of the package runit
_install() {
    _system
    set -- runit-helper "$@"
    debs=
    for package; do
        for deb in /mnt/debs/"${package}"_*.deb; do debs="$debs $deb"; done
    done
    DEBIAN_FRONTEND=noninteractive dpkg --no-triggers --force-depends --force-confnew -i $debs >"$T/dpkg" 2>&1 || { cat "$T/dpkg" && return 1; }
}

# A running system: the user of the loggers, runsvdir, and the script that links what packages bring.
_system() {
    grep -q '^_runit-log:' /etc/passwd || echo '_runit-log:x:60997:4::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
    file /sbin/runlevel <<'P'
#!/bin/sh
echo N 2
P
    runsvdir -P /etc/service >"$T/tree" 2>&1 &
}

# _is_up NAME: and it stays so for longer than a start takes
_is_up() {
    soon test -p "/etc/service/$1/supervise/ok"
    soon grep -qx run "/etc/service/$1/supervise/stat" || { cat "$T/tree" "/var/log/runit/$1/current" && return 1; }
    sleep 1.5
    grep -qx run "/etc/service/$1/supervise/stat"
    read -r pid <"/etc/service/$1/supervise/pid"
    # shellcheck disable=SC2046 # into words
    set -- $(sed 's/.*) //' "/proc/$pid/stat")
    # started more than a second ago: it was not just restarted
    read -r now _ </proc/uptime
    [ $((${now%.*} * 100 + 1${now#*.} - 100 - ${20})) -gt 100 ]
}

_remove() {
    DEBIAN_FRONTEND=noninteractive dpkg --no-triggers --force-depends "$@" >"$T/dpkg" 2>&1 || { cat "$T/dpkg" && return 1; }
}

# Each connection has processes of its own for a while.
_one_sshd() { soon _one_listener; }
_one_listener() { [ "$(pgrep -cf '^sshd: .*listener')" = 1 ]; }

openssh_server_answers_under_supervision() {
    _install openssh-client openssh-sftp-server libwrap0 openssh-server
    is link "$(readlink /etc/service/ssh)" /etc/sv/ssh
    _is_up ssh
    is supervise "$(readlink /etc/sv/ssh/supervise)" /run/runit/supervise/ssh
    _answers() { ssh-keyscan -T 2 127.0.0.1 2>&1 | grep -q ssh-ed25519; }
    soon _answers
    _one_sshd
    # Its log, written by the user of loggers.
    soon grep -q 'Server listening' /var/log/runit/ssh/current
    is owner "$(stat -c %U:%G /var/log/runit/ssh/current)" _runit-log:adm
    # By hand it acts on the service; a restart is one.
    read -r before </etc/sv/ssh/supervise/pid
    /etc/init.d/ssh restart
    read -r after </etc/sv/ssh/supervise/pid
    [ "$before" != "$after" ]
    _one_sshd
    # switched off in its way (code 161), without an end
    true >/etc/ssh/sshd_not_to_be_run
    sv restart ssh || :
    soon grep -q 'disabled by local settings' /var/log/runit/ssh/current
    soon grep -q '^down' /etc/sv/ssh/supervise/stat
    rm /etc/ssh/sshd_not_to_be_run
    _remove --purge openssh-server
    [ ! -e /etc/service/ssh ]
    is daemons "$(pgrep -cx sshd || :)" 0
}

an_upgrade_keeps_the_administrator_s_decision() {
    _install openssh-client openssh-sftp-server libwrap0 openssh-server
    _is_up ssh
    update-service --remove ssh
    _install openssh-server
    [ ! -e /etc/service/ssh ]
    [ -L /etc/service/.ssh ]
    is daemons "$(pgrep -cx sshd || :)" 0
}

socklog_takes_the_system_log() {
    _install sysuser-helper socklog socklog-run
    _is_up socklog-unix
    sv check socklog-unix
    logger -u /dev/log -p user.notice 'from the test'
    soon grep -q 'user.notice: .*from the test' /var/log/runit/socklog/main/current
    soon grep -q 'from the test' /var/log/runit/socklog/user/current
    _remove --purge socklog-run
}

bcron_s_three_services_are_up() {
    _install acl sysuser-helper ucspi-unix libbg2 cron-daemon-common daemon bcron
    for name in bcron-sched bcron-spool bcron-update; do _is_up $name; done
    soon test -S /var/run/bcron-spool
    export USER=root LOGNAME=root
    echo '# nothing' >"$T/table"
    crontab "$T/table"
    is table "$(crontab -l | tail -n 1)" '# nothing'
}

dnsmasq_answers() {
    _install libnfnetlink0 libnetfilter-conntrack3 libnftnl11 libnftables1 dnsmasq-base dnsmasq
    # Its run script wants a file that bookworm's package does not bring (on the C runit as well).
    true >/usr/share/dnsmasq/installed-marker
    soon test -p /etc/service/dnsmasq/supervise/ok
    sv up dnsmasq
    _is_up dnsmasq
    is daemons "$(pgrep -cx dnsmasq)" 1
    # The settings of /etc/default reach it.
    grep -q 'local-service' "/proc/$(cat /etc/sv/dnsmasq/supervise/pid)/cmdline"
}

tor_runs_with_its_settings_checked() {
    _install tor
    _is_up tor
    is daemons "$(pgrep -cx tor)" 1
    echo 'NoSuchSetting 1' >>/etc/tor/torrc
    sv -w 20 restart tor || :
    soon grep -q 'persistent error: Tor configuration is not valid' /var/log/runit/tor/current
    soon grep -q '^down' /etc/sv/tor/supervise/stat
}

the_services_of_debian_s_own_collection_come_up() {
    _install at runit-services
    # the daemon that is here, copied and in use; no other
    [ -x /etc/sv/atd/run ]
    is link "$(readlink /etc/service/atd)" /etc/sv/atd
    [ ! -e /etc/sv/xdm ]
    /etc/init.d/atd stop || :
    sv up atd || :
    _is_up atd
    # its run script first waits for a system log, of which there is none
    soon pgrep -x atd
    is daemons "$(pgrep -cx atd)" 1
    # and it goes when its daemon goes
    rm /usr/bin/at
    /lib/runit/trigger_sv setup
    [ ! -e /etc/service/atd ]
}

git_daemon_run_adds_its_service_itself() {
    _install git-daemon-run
    is link "$(readlink /etc/service/git-daemon)" /etc/sv/git-daemon
    _is_up git-daemon
    soon grep -q 'git-daemon starting' /var/log/git-daemon/current
    # its purge fails in a script of its own
    _remove --remove git-daemon-run
    [ ! -e /etc/service/git-daemon ]
}

mini_httpd_serves() {
    mkdir -p /var/www/html
    echo 'from the test' >/var/www/html/index.html
    _install mini-httpd mini-httpd-run
    _is_up mini-httpd
    _serves() { curl -s --max-time 2 http://localhost/ | grep -q 'from the test'; }
    soon _serves
}

dropbear_s_directory_is_a_service() {
    _install libtommath1 libtomcrypt1 dropbear-bin dropbear
    # Without a service by its name in /etc/sv the package starts it from /etc/init.d: the other one first.
    /etc/init.d/dropbear stop
    update-service --add /etc/dropbear dropbear
    sed -i '/dropbearlog/d' /etc/passwd
    echo 'dropbearlog:x:60996:4::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
    # the package leaves that to the administrator
    mkdir /var/log/dropbear
    chown dropbearlog /var/log/dropbear
    _is_up dropbear
    soon grep -q 'Not backgrounding' /etc/dropbear/log/main/current
}
