# shellcheck shell=sh
# invoke-run and finish-exec: which settings a run script sees, and when a service goes down by itself.

settings_of_conf_and_env_reach_the_script_and_the_daemon() {
    service foo <<'R'
echo "bar=$BAR baz=$BAZ qux=$QUX name=$NAME args=$#"
env | grep -E '^(BAR|BAZ|QUX|NAME)=' | sort
R
    mkdir /etc/sv/foo/env
    echo 'BAR=conf BAZ=conf' >/etc/sv/foo/conf
    echo 'BAZ=default QUX=default' >/etc/default/foo
    echo env >/etc/sv/foo/env/BAZ
    cd /etc/sv/foo
    is output "$(./run | tr '\n' ' ')" 'bar=conf baz=env qux= name=foo args=0 BAR=conf BAZ=env NAME=foo '
    rm conf
    mkdir conf
    echo conf >conf/BAR
    echo conf >conf/BAZ
    is output "$(./run | head -n 1)" 'bar=conf baz=env qux=default name=foo args=0'
    rm -r conf
    is output "$(./run | head -n 1)" 'bar= baz=env qux=default name=foo args=0'
}

files_of_env_are_read_as_chpst_reads_them() {
    service foo <<'R'
echo "$ONE|${GONE-unset}|$BLANK|$NOEND|$LEAD"
R
    mkdir /etc/sv/foo/env
    cd /etc/sv/foo/env
    printf 'first \t \nsecond\n' >ONE
    true >GONE
    printf '\n' >BLANK
    printf 'no newline' >NOEND
    printf '  lead\n' >LEAD
    cd ..
    is output "$(GONE=here ./run)" "first|unset||no newline|  lead"
    # by chpst itself: the same
    is chpst "$(GONE=here chpst -e env sh -c 'echo "$ONE|${GONE-unset}|$BLANK|$NOEND|$LEAD"')" "first|unset||no newline|  lead"
}

a_file_whose_name_no_shell_hands_on_is_left_out() {
    service foo <<'R'
env | grep -cE '^(a.b|PLAIN)='
R
    mkdir /etc/sv/foo/env
    echo 1 >/etc/sv/foo/env/a.b
    echo 2 >/etc/sv/foo/env/PLAIN
    cd /etc/sv/foo
    is output "$(./run 2>&1)" 1
}

what_the_administrator_has_in_etc_goes_before_what_the_package_has_in_usr() {
    mkdir -p /usr/share/runit/sv.now/foo/env /etc/sv/foo/env
    cd /usr/share/runit/sv.now/foo
    printf '#!/usr/bin/env /lib/runit/invoke-run\necho $CONF $ENV_A $ENV_B\n' >run
    chmod +x run
    echo CONF=package >conf
    echo package >env/ENV_A
    echo package >env/ENV_B
    is before "$(./run)" 'package package package'
    echo CONF=admin >/etc/sv/foo/conf
    echo admin >/etc/sv/foo/env/ENV_B
    is after "$(./run)" 'admin package admin'
}

without_anything_special_it_starts_no_process() {
    service foo <<'R'
echo "me $$"
R
    echo A=1 >/etc/default/foo
    mkdir /etc/sv/foo/env
    echo 2 >/etc/sv/foo/env/B
    cd /etc/sv/foo
    strace -f -e trace=fork,vfork,clone,clone3,execve -o "$T/trace" ./run
    ! grep -E 'fork|clone' "$T/trace"
    # the shell, by way of env(1), which searches
    is shells "$(grep -c 'execve("/lib/runit/invoke-run\|execve("/usr/lib/runit/invoke-run' "$T/trace")" 1
    is last "$(grep 'execve' "$T/trace" | grep -c 'bin/sh')" 0
}

mistakes_in_the_settings_end_the_script_with_their_code() {
    service foo <<'R'
echo reached
R
    echo 'exit 3' >/etc/sv/foo/conf
    cd /etc/sv/foo
    code ./run
    is code $code 3
    quiet_on reached
    # a last command that fails is none
    echo '[ -e /nonexistent ] && X=1' >conf
    code ./run
    is code $code 0
    says reached
}

hardening_is_offered_where_xchpst_is_there() {
    service foo <<'R'
echo "with ${XCHPST:-nothing}"
R
    cd /etc/sv/foo
    true >xchopts
    is without "$(./run)" 'with nothing'
    file /usr/bin/xchpst </dev/null
    is with "$(./run)" 'with xchpst --file /etc/sv/foo/xchopts'
}

it_says_that_it_starts_where_the_flag_file_asks_for_it() {
    service foo <<'R'
echo "run"
R
    cd /etc/sv/foo
    is quiet "$(./run)" run
    true >/etc/runit/verbose
    is loud "$(./run | tr '\n' ' ')" 'invoke-run: starting foo run '
}

a_service_whose_daemon_is_gone_goes_down_by_itself() {
    service foo <<'R'
echo started
exec sleep 1000
R
    mkdir /etc/sv/foo/.meta
    printf '%s' /usr/sbin/no-such-daemon >/etc/sv/foo/.meta/bin
    supervised foo
    soon grep -qxF 'invoke-run: foo binary not installed' "$T/log.foo"
    soon stat_is foo down
    is says "$(grep -c 'invoke-run: foo binary not installed' "$T/log.foo")" 1
    quiet_on started
}

without_a_supervisor_a_daemon_that_is_gone_is_a_failure() {
    service foo </dev/null
    mkdir /etc/sv/foo/.meta
    echo /usr/sbin/no-such-daemon >/etc/sv/foo/.meta/bin
    cd /etc/sv/foo
    code ./run
    is code $code 1
    says 'invoke-run: foo binary not installed'
}

a_daemon_that_comes_back_is_started_by_up() {
    service foo <<'R'
exec sleep 1000
R
    mkdir /etc/sv/foo/.meta
    echo /usr/sbin/late-daemon >/etc/sv/foo/.meta/bin
    supervised foo
    soon grep -q 'not installed' "$T/log.foo"
    soon stat_is foo down
    file /usr/sbin/late-daemon </dev/null
    sv up foo >/dev/null 2>&1 || sv up /etc/sv/foo
    soon stat_is foo run
}

codes_161_162_and_170_take_a_service_down() {
    for one in 161 162 170; do
        service "foo$one" <<R
echo try
exit $one
R
        ln -s /lib/runit/finish-exec "/etc/sv/foo$one/finish"
        supervised "foo$one"
        soon grep -q "^invoke-run: " "$T/log.foo$one"
        soon stat_is "foo$one" down
        is tries "$(grep -c try "$T/log.foo$one")" 1
    done
    grep -qxF 'invoke-run: WARNING for foo161: disabled by local settings' "$T/log.foo161"
    grep -qxF 'invoke-run: ERROR 162 in foo162: configtest or early setup failed' "$T/log.foo162"
    grep -qxF 'invoke-run: ERROR 170 in foo170: a runtime hard dependency is missing' "$T/log.foo170"
}

any_other_code_is_tried_again() {
    service foo <<'R'
echo try
exit 111
R
    ln -s /lib/runit/finish-exec /etc/sv/foo/finish
    supervised foo
    _twice() { [ "$(grep -c try "$T/log.foo")" -ge 2 ]; }
    soon _twice
    is want "$(cat /etc/sv/foo/supervise/stat | grep -c 'want down')" 0
}

finish_says_more_where_flag_files_ask_for_it() {
    service foo </dev/null
    cd /etc/sv/foo
    is quiet "$(/lib/runit/finish-exec 0 0; /lib/runit/finish-exec -1 15)" ''
    true >/etc/runit/verbose
    true >/etc/runit/debug
    /lib/runit/finish-exec -1 11 >"$T/out"
    is loud "$(tr '\n' ' ' <"$T/out")" "invoke-run: ERROR -1 in foo: runscript didn't exit normally invoke-run: foo stopped invoke-run: foo : run exit code is -1 "
}

a_finish_of_its_own_may_end_in_finish_exec() {
    service foo <<'R'
exit 162
R
    file /etc/sv/foo/finish <<'R'
#!/bin/sh
set -e
echo own
exec /lib/runit/finish-exec "$@"
R
    supervised foo
    soon grep -q 'ERROR 162' "$T/log.foo"
    soon stat_is foo down
    is lines "$(grep -c own "$T/log.foo")" 1
}

# _initd NAME: a script that notes what it is told to do
_initd() {
    file "/etc/init.d/$1" <<I
#!/bin/sh
echo "$1 \$1 \${RUNIT_SYSV-}" >>$T/initd
I
}

a_daemon_that_was_started_from_init_d_gives_way_once() {
    _initd foo
    service foo <<'R'
echo started
R
    cd /etc/sv/foo
    ./run
    [ ! -e "$T/initd" ]
    mkdir -p /run/runit/sysv
    true >/run/runit/sysv/foo
    ./run
    is calls "$(cat "$T/initd")" 'foo stop pass'
    ./run
    is calls "$(cat "$T/initd")" 'foo stop pass'
}

under_another_init_it_gives_way_once_a_boot() {
    rm /run/runit.stopit
    _initd foo
    service foo <<'R'
echo started
R
    cd /etc/sv/foo
    ./run
    ./run
    is calls "$(cat "$T/initd")" 'foo stop pass'
    # a link is of another system, e.g. for upstart
    rm "$T/initd"
    mv /etc/init.d/foo /etc/init.d/bar
    ln -s bar /etc/init.d/foo
    rm -f /run/runit/replaced.foo
    ./run
    [ ! -e "$T/initd" ]
}

one_that_must_not_be_replaced_stays_and_the_service_goes_down() {
    _initd foo
    service foo <<'R'
echo started
exec sleep 1000
R
    mkdir /etc/sv/foo/.meta
    printf reload >/etc/sv/foo/.meta/onupgrade
    mkdir -p /run/runit/sysv
    true >/run/runit/sysv/foo
    supervised foo
    soon grep -q 'invoke-run: foo runs from' "$T/log.foo"
    soon stat_is foo down
    [ ! -e "$T/initd" ]
    grep -q 'invoke-run: foo runs from /etc/init.d and is not to be replaced' "$T/log.foo"
}

a_run_script_may_be_called_from_elsewhere() {
    service foo <<'R'
echo "$NAME in $PWD with $X"
R
    echo X=1 >/etc/sv/foo/conf
    cd /
    is output "$(/etc/sv/foo/run)" 'foo in /etc/sv/foo with 1'
}

the_services_of_a_user_get_what_is_set_for_all_of_them() {
    mkdir -p /home/u/.runit/sv/foo/env /etc/sv/runsvdir@nobody/env
    echo all >/etc/sv/runsvdir@nobody/env/A
    echo all >/etc/sv/runsvdir@nobody/env/B
    echo own >/home/u/.runit/sv/foo/env/B
    printf '#!/usr/bin/env /lib/runit/invoke-run\necho $A $B\n' >/home/u/.runit/sv/foo/run
    chmod +x /home/u/.runit/sv/foo/run
    cd /home/u/.runit/sv/foo
    is output "$(chpst -u nobody ./run)" 'all own'
}
