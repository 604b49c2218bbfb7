# shellcheck shell=sh
# Calls that are meant for scripts of /etc/init.d reach the service: by the script itself, service(8), invoke-rc.d(8)
# and start-stop-daemon(8).

# _both NAME: a script as Debian's packages have them, and a supervised service of the same name
_both() {
    _script "$1"
    service "$1" <<R
echo \$\$ >>/tmp/starts
trap 'echo hup >>/tmp/starts' HUP
while :; do sleep 0.1; done
R
    ln -s "/etc/sv/$1" "/etc/service/$1"
    supervised "$1"
    soon stat_is "$1" run
    soon test -s /tmp/starts
}
_script() {
    file "/etc/init.d/$1" <<S
#!/bin/sh
### BEGIN INIT INFO
# Provides: $1
### END INIT INFO
set -e
. /lib/lsb/init-functions
echo "script $1 \$1" >>/tmp/script
S
}
_starts() { [ "$(grep -c '^[0-9]' /tmp/starts)" = "$1" ]; }

a_script_of_init_d_acts_on_the_service() {
    _both foo
    code /etc/init.d/foo status
    is code $code 0
    says 'run: foo:'
    /etc/init.d/foo restart
    soon _starts 2
    /etc/init.d/foo force-reload
    soon grep -q hup /tmp/starts
    /etc/init.d/foo stop
    stat_is foo down || soon stat_is foo 'down, normally up'
    code /etc/init.d/foo status
    is code $code 3
    /etc/init.d/foo start
    soon stat_is foo run
    [ ! -e /tmp/script ]
    # what only the script knows
    /etc/init.d/foo configtest
    is script "$(cat /tmp/script)" 'script foo configtest'
    # and by its link, from another directory, or meant itself
    ln -s ../init.d/foo /etc/rc2.d/S01foo
    rm /tmp/script
    cd /etc/init.d
    ./foo start
    /etc/rc2.d/S01foo start
    [ ! -e /tmp/script ]
    RUNIT_SYSV=pass ./foo start
    is script "$(cat /tmp/script)" 'script foo start'
}

a_script_without_a_service_runs_and_is_stopped_on_the_way_down() {
    _script foo
    mkdir -p /run/runit/sysv
    /etc/init.d/foo start
    is script "$(cat /tmp/script)" 'script foo start'
    [ -e /run/runit/sysv/foo ]
    # not under another init
    rm -f /run/runit.stopit /etc/runit/stopit /run/runit/sysv/foo
    /etc/init.d/foo start
    [ ! -e /run/runit/sysv/foo ]
}

a_service_that_was_switched_off_stays_off() {
    _script foo
    service foo </dev/null
    /etc/init.d/foo start
    [ ! -e /tmp/script ]
    code /etc/init.d/foo status
    is code $code 3
    # under another init the script is all there is
    rm -f /run/runit.stopit /etc/runit/stopit
    /etc/init.d/foo start
    is script "$(cat /tmp/script)" 'script foo start'
}

flag_files_decide_who_hears_the_call() {
    _both foo
    true >/etc/runit/lsb.runit.mask
    /etc/init.d/foo stop
    stat_is foo run
    [ ! -e /tmp/script ]
    rm /etc/runit/lsb.runit.mask
    true >/etc/runit/lsb.runit.sysv
    /etc/init.d/foo stop
    stat_is foo run
    is script "$(cat /tmp/script)" 'script foo stop'
    rm /etc/runit/lsb.runit.sysv /tmp/script
    mkdir /etc/runit/override-sysv.d
    true >/etc/runit/override-sysv.d/foo.block
    /etc/init.d/foo stop
    stat_is foo run
    [ ! -e /tmp/script ]
    mv /etc/runit/override-sysv.d/foo.block /etc/runit/override-sysv.d/foo.sysv
    /etc/init.d/foo stop
    stat_is foo run
    is script "$(cat /tmp/script)" 'script foo stop'
}

a_package_with_runit_helper_does_it_once() {
    _both foo
    mkdir -p /usr/share/runit/meta/foo
    true >/usr/share/runit/meta/foo/installed
    DPKG_MAINTSCRIPT_NAME=postinst /etc/init.d/foo restart
    _starts 1
    [ ! -e /tmp/script ]
    # by hand it is heard
    /etc/init.d/foo restart
    soon _starts 2
    # a package without it is served in its scripts, too
    rm -r /usr/share/runit/meta/foo
    DPKG_MAINTSCRIPT_NAME=postinst /etc/init.d/foo restart
    soon _starts 3
}

a_script_waits_for_the_service_that_is_unpacked_behind_its_daemon() {
    _script foo
    mkdir -p /etc/sv/foo
    true >/etc/sv/foo/run.dpkg-new
    DPKG_MAINTSCRIPT_NAME=postinst /etc/init.d/foo start
    [ ! -e /tmp/script ]
    # left so by an installation that broke off, it keeps nobody from the daemon
    /etc/init.d/foo start
    is script "$(cat /tmp/script)" 'script foo start'
}

# _divert: as the package puts them
_divert() {
    for name in service invoke-rc.d; do
        mv "/usr/sbin/$name" "/usr/sbin/$name.distrib"
        ln -s "/usr/lib/runit/$name" "/usr/sbin/$name"
    done
}

service_knows_services_without_a_script() {
    _divert
    _both foo
    service=/usr/sbin/service
    $service foo restart
    soon _starts 2
    rm /etc/init.d/foo
    $service foo stop
    code $service foo status
    is code $code 3
    code $service foo start
    is code $code 0
    soon stat_is foo run
    code $service foo bogus
    is code $code 3
    code $service no-such-thing start
    [ $code != 0 ]
    says 'unrecognized service'
    # under another init one that is not in use is its own affair
    service bar </dev/null
    rm -f /run/runit.stopit /etc/runit/stopit
    code $service bar start
    says 'unrecognized service'
    code $service --help
    says 'Usage: service'
}

invoke_rc_d_asks_the_policy_and_then_the_service() {
    _divert
    _both foo
    # a script that reads no functions would start a second one
    printf '#!/bin/sh\necho "script foo $1" >>/tmp/script\n' >/etc/init.d/foo
    for level in 2 3 4 5; do mkdir -p /etc/rc$level.d && ln -s ../init.d/foo /etc/rc$level.d/S01foo; done
    invoke-rc.d foo restart
    soon _starts 2
    [ ! -e /tmp/script ]
    file /usr/sbin/policy-rc.d <<'P'
#!/bin/sh
echo "policy $*" >>/tmp/policy
exit 101
P
    invoke-rc.d foo stop
    stat_is foo run
    grep -q 'policy foo stop' /tmp/policy
    code invoke-rc.d --disclose-deny foo stop
    is code $code 101
    code invoke-rc.d --query foo stop
    is code $code 101
    rm /usr/sbin/policy-rc.d
    code invoke-rc.d --query foo stop
    is code $code 104
    stat_is foo run
    invoke-rc.d foo stop
    [ "$(cat /etc/sv/foo/supervise/stat)" != run ]
    [ ! -e /tmp/script ]
    # what is no service goes its way
    _script bar
    for level in 2 3 4 5; do ln -s ../init.d/bar /etc/rc$level.d/S01bar; done
    file /sbin/runlevel <<'P'
#!/bin/sh
echo N 2
P
    invoke-rc.d bar start
    is script "$(cat /tmp/script)" 'script bar start'
}

start_stop_daemon_starts_no_second_one() {
    mv "$(command -v start-stop-daemon)" /sbin/start-stop-daemon.real
    ln -sf /usr/lib/runit/start-stop-daemon.runit /sbin/start-stop-daemon
    hash -r
    _both foo
    ssd=/sbin/start-stop-daemon
    code $ssd --start --quiet --oknodo --pidfile /run/foo.pid --exec /usr/sbin/anything -- --option
    is code $code 0
    code $ssd --start --exec /usr/sbin/foo
    is code $code 1
    code $ssd --status --name foo
    is code $code 0
    $ssd --stop --signal HUP --pidfile=/run/foo.pid
    soon grep -q hup /tmp/starts
    code $ssd --stop --retry 5 --name foo
    is code $code 0
    _starts 1
    code $ssd --status --name foo
    is code $code 3
    $ssd --start --name foo --exec /usr/sbin/foo
    soon _starts 2
    # what is no service goes to the original
    $ssd --start --background --make-pidfile --pidfile "$T/other.pid" --exec /bin/sleep -- 1000
    soon test -s "$T/other.pid"
    soon grep -qx sleep "/proc/$(cat "$T/other.pid")/comm"
    $ssd --stop --pidfile "$T/other.pid"
}

what_a_script_is_started_with_is_not_handed_on_to_its_daemon() {
    _both native
    file /etc/init.d/foo <<'S'
#!/bin/sh
set -eu
. /lib/lsb/init-functions
# some read them twice
. /lib/lsb/init-functions
echo "script foo $1 ${RUNIT_SYSV-}" >>/tmp/script
# the daemon: what it calls later means the service
[ "$1" != start ] || sh -c '/etc/init.d/native restart'
# started anew by itself: the script is still meant
[ "$1" != restart ] || { "$0" stop && "$0" start; }
S
    service foo </dev/null
    RUNIT_SYSV=pass /etc/init.d/foo start
    soon _starts 2
    is script "$(cat /tmp/script)" 'script foo start '
    rm /tmp/script
    RUNIT_SYSV=pass /etc/init.d/foo restart
    soon _starts 3
    is script "$(tr '\n' ,  </tmp/script)" 'script foo restart pass,script foo stop pass,script foo start ,'
}

start_stop_daemon_lets_pass_what_means_the_script() {
    mv "$(command -v start-stop-daemon)" /sbin/start-stop-daemon.diverted
    ln -sf /usr/lib/runit/start-stop-daemon.runit /sbin/start-stop-daemon
    file /sbin/start-stop-daemon.real <<'S'
#!/bin/sh
echo "original ${RUNIT_SYSV-}" >>/tmp/original
readlink /proc/$$/fd/0 /proc/$$/fd/2 >/tmp/streams
S
    hash -r
    _both foo
    _original() { is "$1" "$(cat /tmp/original 2>/dev/null)" "${2-}" && rm -f /tmp/original; }
    ssd='/sbin/start-stop-daemon --start --oknodo --exec /usr/sbin/foo'
    $ssd
    _original 'the service' ''
    RUNIT_SYSV=pass $ssd
    _original 'the variable' 'original '
    true >/etc/runit/lsb.runit.sysv
    $ssd
    _original 'the flag file' 'original '
    rm /etc/runit/lsb.runit.sysv
    mkdir /etc/runit/override-sysv.d
    true >/etc/runit/override-sysv.d/foo.sysv
    $ssd
    _original 'its own flag file' 'original '
    rm /etc/runit/override-sysv.d/foo.sysv
    # by a script that has heard it, and then has it no longer
    file /etc/init.d/foo <<S
#!/bin/sh
. /lib/lsb/init-functions
$ssd
S
    RUNIT_SYSV=pass /etc/init.d/foo start
    _original 'the script' 'original '
    is streams "$(cat /tmp/streams)" "$(readlink /proc/$$/fd/0 /proc/$$/fd/2)"
    RUNIT_SYSV=pass /etc/init.d/foo restart
    _original 'the script, again' 'original '
    $ssd
    _original 'the service, again' ''
}
