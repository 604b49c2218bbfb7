# shellcheck shell=sh
# The logger that services share, the virtual service default-syslog, and the templates.

_user() { echo '_runit-log:x:60997:4::/nonexistent:/usr/sbin/nologin' >>/etc/passwd; }

# _logged NAME: a service that says one line, with the shared logger
_logged() {
    service "$1" <<'R'
echo "the line"
exec sleep 1000
R
    mkdir "/etc/sv/$1/log"
    ln -s /etc/sv/svlogd/run "/etc/sv/$1/log/run"
}

the_shared_logger_writes_as_its_user() {
    _user
    _logged foo
    supervised foo
    soon grep -q 'the line' /var/log/runit/foo/current
    is directory "$(stat -c '%U:%G %a' /var/log/runit/foo)" '_runit-log:adm 750'
    is file "$(stat -c '%U' /var/log/runit/foo/current)" _runit-log
    is uid "$(stat -c %u "/proc/$(cat /etc/sv/foo/log/supervise/pid)")" 60997
}

its_settings_are_the_service_s_own_or_everybody_s() {
    _user
    _logged foo
    _logged bar
    mkdir /etc/sv/bar/.meta
    echo bar-package >/etc/sv/bar/.meta/pkg
    echo RUNITLOG=/var/log/all >/etc/sv/svlogd/conf
    echo s20000 >/etc/sv/svlogd/log.config
    echo RUNITLOG=/var/log/own >/etc/sv/foo/log/conf
    echo s10000 >/etc/sv/foo/log/log.config
    supervised foo
    supervised bar
    soon grep -q 'the line' /var/log/own/foo/current
    soon grep -q 'the line' /var/log/all/bar/current
    is own "$(cat /var/log/own/foo/config)" s10000
    is all "$(cat /var/log/all/bar/config)" s20000
    is package "$(cat /var/log/all/bar/.pkg)" bar-package
}

a_logger_without_a_place_keeps_the_last_lines_in_memory() {
    _user
    _logged foo
    mount -t tmpfs -o ro tmpfs /var/log
    supervised foo
    soon grep -q 'the line' /run/log/foo/current
}

without_the_user_it_logs_all_the_same() {
    sed -i '/^_runit-log:/d' /etc/passwd
    _logged foo
    supervised foo
    soon grep -q 'the line' /var/log/runit/foo/current
}

default_syslog_knows_whether_somebody_listens() {
    ln -s /etc/sv/default-syslog /etc/service/default-syslog
    supervised default-syslog
    soon stat_is default-syslog run
    code sv -w 1 check default-syslog
    is code $code 1
    cat >"$T/listen" <<'P'
import socket, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/dev/log")
time.sleep(1000)
P
    python3 "$T/listen" &
    soon sv -w 1 check default-syslog
    kill $!
    wait $! || :
    # the file is left, and nobody there
    [ -S /dev/log ]
    code sv -w 1 check default-syslog
    is code $code 1
    # a link to where somebody listens
    sed -i 's|/dev/log|/run/elsewhere|' "$T/listen"
    python3 "$T/listen" &
    rm /dev/log
    ln -s ../run/elsewhere /dev/log
    soon sv -w 1 check default-syslog
    kill $!
}

a_template_becomes_the_tree_of_a_user() {
    mkdir -p /usr/share/runit/sv.current /home/u
    cp -R /mnt/top/distro/debian/templates/runsvdir@user /usr/share/runit/sv.current/
    sed -i 's|^nobody:\(.*\):[^:]*:\([^:]*\)$|nobody:\1:/home/u:\2|' /etc/passwd
    chown nobody /home/u
    HOME=/home/u chpst -u nobody cpsv i
    file /home/u/.runit/sv/foo/run <<'R'
#!/bin/sh
echo "$(id -un) $HOME $USER $SVDIR $ALL" >>/tmp/who
exec sleep 1000
R
    chown -R nobody /home/u
    ln -s /home/u/.runit/sv/foo /home/u/.service/foo
    cpsv p runsvdir@user runsvdir@nobody
    rm -f /etc/sv/runsvdir@nobody/env
    mkdir /etc/sv/runsvdir@nobody/env
    echo for-all >/etc/sv/runsvdir@nobody/env/ALL
    update-service --add runsvdir@nobody
    supervised runsvdir@nobody
    soon test -s /tmp/who
    is who "$(cat /tmp/who)" 'nobody /home/u nobody /home/u/.service for-all'
    soon test -s /home/u/.service/foo/supervise/pid
    read -r pid </home/u/.service/foo/supervise/pid
    # stopped, it takes all of them with it
    sv -w 15 stop runsvdir@nobody
    _gone() { ! kill -0 "$pid"; }
    soon _gone
    _left() { chpst -L /home/u/.service/foo/supervise/lock true; }
    soon _left
}

a_user_that_does_not_exist_is_said_once() {
    mkdir -p /usr/share/runit/sv.current
    cp -R /mnt/top/distro/debian/templates/runsvdir@user /usr/share/runit/sv.current/
    cpsv p runsvdir@user runsvdir@no-such-user
    supervised runsvdir@no-such-user
    soon grep -q 'ERROR 162' "$T/log.runsvdir@no-such-user"
    soon stat_is runsvdir@no-such-user down
    is times "$(grep -c 'no user no-such-user' "$T/log.runsvdir@no-such-user")" 1
}

a_getty_is_made_for_any_line() {
    mkdir -p /usr/share/runit/sv.current
    cp -R /mnt/top/sv-examples/getty /mnt/top/sv-examples/absent /mnt/top/distro/debian/templates/getty@default /usr/share/runit/sv.current/
    cp -R /mnt/top/sv-examples/absent /etc/sv/
    file /usr/local/bin/agetty <<'P'
#!/bin/sh
echo "agetty $*" >>/tmp/getty
exec sleep 1000
P
    cpsv p getty@default getty@ttyX7
    supervised getty@ttyX7
    soon grep -q 'no /dev/ttyX7' "$T/log.getty@ttyX7"
    mknod /dev/ttyX7 c 1 3 || ln -s null /dev/ttyX7
    sv restart /etc/sv/getty@ttyX7
    soon grep -q 'ttyX7' /tmp/getty
}
