# shellcheck shell=sh
# update-service, cpsv, mk-runscript, runsv-cg, async-timeout, make_svlinks, and Debian's runit-helper on top.

a_service_is_added_listed_and_removed() {
    service foo <<'R'
exec sleep 1000
R
    mkdir /etc/sv/foo/log
    code update-service --add /etc/sv/foo
    is code $code 0
    says 'Service foo added.'
    is link "$(readlink /etc/service/foo)" /etc/sv/foo
    is state "$(readlink /etc/sv/foo/supervise)" /run/runit/supervise/foo
    is 'state of the log' "$(readlink /etc/sv/foo/log/supervise)" /run/runit/supervise/foo.log
    code update-service --add foo
    is code $code 0
    says 'Service foo already added.'
    is list "$(update-service --list)" foo
    is one "$(update-service --list foo)" 'foo -> /etc/sv/foo'
    update-service --check foo
    code update-service --list bar
    is code $code 1
    says 'Service bar not registered.'
    code update-service --check bar
    is code $code 1
    is quiet "$(cat "$T/out")" ''
    code update-service --remove foo
    is code $code 0
    says 'Service foo removed, the service daemon received the TERM and CONT signals.'
    is links "$(ls -A /etc/service)" .foo
    # added again it is no longer disabled
    update-service enable foo
    is links "$(ls -A /etc/service)" foo
}

a_removed_service_is_told_to_leave() {
    service foo <<'R'
exec sleep 1000
R
    update-service --add foo
    supervised foo
    soon stat_is foo run
    update-service --remove foo
    _left() { chpst -L /etc/sv/foo/supervise/lock true; }
    soon _left
}

a_service_may_have_another_name_there_and_mistakes_are_refused() {
    service foo </dev/null
    update-service --add /etc/sv/foo other
    is link "$(readlink /etc/service/other)" /etc/sv/foo
    # what is there under that name is neither taken for another nor taken away
    service bar </dev/null
    code update-service --add bar other
    is code $code 1
    says "update-service: fatal: /etc/service/other exists, but doesn't point to /etc/sv/bar."
    code update-service --remove bar other
    is code $code 1
    says 'update-service: fatal: /etc/service/other does not point to /etc/sv/bar.'
    mkdir /etc/service/own
    code update-service --add bar own
    is code $code 1
    says 'update-service: fatal: /etc/service/own exists, but is not a symbolic link.'
    for bad in .x x/y; do
        code update-service --add /etc/sv/foo $bad
        is code $code 1
        says 'update-service: fatal: The <service-name> must not'
    done
    code update-service --add /etc/nope
    is code $code 1
    says 'update-service: fatal: /etc/nope does not exist, or is not a directory.'
    code update-service --remove nope
    is code $code 1
    says 'update-service: fatal: <service-directory> nope not found.'
    code update-service
    is code $code 1
    says 'Usage: update-service --add|--remove'
    code update-service --bogus
    is code $code 1
}

a_user_adds_and_removes_services_of_the_own_tree() {
    service of-the-system </dev/null
    update-service --add of-the-system
    mkdir -p /home/u
    chmod 777 /home/u
    _as_user() { HOME=/home/u chpst -u nobody "$@"; }
    _as_user cpsv i
    _as_user mkdir /home/u/.runit/sv/mine
    is added "$(_as_user update-service --add mine)" 'Service mine added.'
    is link "$(readlink /home/u/.service/mine)" /home/u/.runit/sv/mine
    is one "$(_as_user update-service --list mine)" 'mine -> /home/u/.runit/sv/mine'
    is all "$(_as_user update-service --list | tr '\n' ' ')" '/etc/service/: of-the-system  /home/u/.service/: mine '
    _as_user update-service --check of-the-system
    _as_user update-service --down mine
    [ -e /home/u/.runit/sv/mine/down ]
    _as_user update-service --remove mine
    is links "$(ls -A /home/u/.service)" .mine
    code _as_user update-service --remove of-the-system
    is code $code 1
    is untouched "$(ls -A /etc/service)" of-the-system
}

what_the_administrator_has_decided_is_kept_by_defaults() {
    service foo </dev/null
    service bar </dev/null
    update-service defaults foo
    update-service --remove foo
    update-service defaults foo
    is disabled "$(ls -A /etc/service)" .foo
    update-service enable foo
    update-service defaults-disabled foo
    is enabled "$(ls -A /etc/service)" foo
    update-service defaults-disabled bar
    is both "$(ls -A /etc/service | tr '\n' ' ')" '.bar foo '
}

up_and_down_decide_what_comes_up_with_the_machine() {
    service foo </dev/null
    is down "$(update-service --down foo)" 'The wanted status of foo is set to: down'
    [ -e /etc/sv/foo/down ]
    code update-service --down /etc/sv/foo
    is code $code 1
    says 'update-service: warning: The wanted status of foo is already set to: down'
    update-service --up foo
    [ ! -e /etc/sv/foo/down ]
}

a_service_of_usr_can_be_added_by_its_name() {
    mkdir -p /usr/share/runit/sv.now/foo
    ln -s sv.now /usr/share/runit/sv.current
    update-service --add foo
    is link "$(readlink /etc/service/foo)" /usr/share/runit/sv.current/foo
    # what is not in /etc is left as it is
    [ ! -e /usr/share/runit/sv.now/foo/supervise ]
}

# _source NAME BIN: a service in a source of cpsv
_source() {
    mkdir -p "/usr/share/runit/sv.now/$1/.meta" "/usr/share/runit/sv.now/$1/log"
    file "/usr/share/runit/sv.now/$1/run" <<'R'
#!/bin/sh
exec sleep 1000
R
    echo "$2" >"/usr/share/runit/sv.now/$1/.meta/bin"
    [ -e /usr/share/runit/sv.current ] || ln -s sv.now /usr/share/runit/sv.current
}

cpsv_copies_what_is_installed_and_tells_what_was_changed() {
    _source one /bin/sleep
    _source two /bin/no-such
    _source three /bin/no-such
    true >/usr/share/runit/sv.now/one/.meta/finish
    true >/etc/init.d/three
    is list "$(cpsv l | tr '\n' ' ')" '[a]: one [a]: three '
    cpsv s
    is copied "$(ls /etc/sv | grep -v svlogd | grep -v default-syslog | tr '\n' ' ')" 'one three '
    is finish "$(readlink /etc/sv/one/finish)" /lib/runit/finish-exec
    is state "$(readlink /etc/sv/one/supervise)" /run/runit/supervise/one
    is 'state of the log' "$(readlink /etc/sv/one/log/supervise)" /run/runit/supervise/one.log
    is logger "$(readlink /etc/sv/one/log/run)" /etc/sv/svlogd/run
    [ ! -L /etc/sv/one/run ]
    is list "$(cpsv l | tr '\n' ' ')" '[i]: one [i]: three '
    echo '# mine' >>/etc/sv/one/run
    is list "$(cpsv l | tr '\n' ' ')" '[l]: one [i]: three '
    code cpsv d one
    is code $code 1
    says '+# mine'
    code cpsv s
    is code $code 1
    says 'cpsv: warning: skipping one, local version exists, use -f to overwrite'
    # what is the same needs no word
    ! grep -q three "$T/out"
    cpsv -f s
    is list "$(cpsv l | tr '\n' ' ')" '[i]: one [i]: three '
    code cpsv a nope one two
    is code $code 1
    says 'cpsv: warning: no stock service found for nope'
    [ -e /etc/sv/two/run ]
    # its program is gone
    rm /etc/init.d/three
    is list "$(cpsv --list | tr '\n' ' ')" '[i]: one [p]: three [p]: two '
    chmod -x /usr/share/runit/sv.now/three/run
    rm -r /etc/sv/three
    code cpsv a three
    is code $code 0
    says 'cpsv: warning: skipping three: run file not found or not executable'
    [ ! -e /etc/sv/three ]
}

cpsv_gives_a_user_the_services_that_are_for_users() {
    _source one /bin/sleep
    _source pipes@user /bin/sleep
    _source other@user /bin/no-such
    mkdir -p /home/u
    chmod 777 /home/u
    _cpsv() { HOME=/home/u chpst -u nobody cpsv "$@"; }
    code _cpsv s
    is code $code 1
    says 'cpsv: fatal: cpsv /home/u/.runit/sv : not a directory'
    _cpsv i
    is list "$(_cpsv l)" '[a]: pipes@user'
    _cpsv s
    is copied "$(ls /home/u/.runit/sv)" pipes
    cd /home/u/.runit/sv/pipes
    is run "$(readlink run)" /usr/share/runit/sv.current/pipes@user/run
    is state "$(readlink supervise)" /home/u/.runit/supervise/pipes
    # it is no copy that could be out of date
    _cpsv s
}

cpsv_knows_the_unit_of_a_template() {
    _source getit@default /bin/no-such
    true >/etc/init.d/getit
    is list "$(cpsv l)" '[a]: getit@default'
}

cpsv_copies_one_that_is_asked_for_and_keeps_the_supervisor_of_it() {
    _source one /bin/sleep
    cpsv a one
    supervised one
    soon stat_is one run
    echo '# mine' >>/etc/sv/one/run
    code cpsv a one
    is code $code 1
    cpsv -f a one
    [ "$(tail -n 1 /etc/sv/one/run)" != '# mine' ]
    stat_is one run
    soon test -p /etc/sv/one/supervise/ok
}

cpsv_makes_an_instance_of_a_template() {
    _source 'vpn@default' /bin/sleep
    true >/usr/share/runit/sv.now/vpn@default/check
    cpsv p vpn@default vpn@work
    cd /etc/sv/vpn@work
    is run "$(readlink run)" /usr/share/runit/sv.current/vpn@default/run
    is meta "$(readlink .meta)" /usr/share/runit/sv.current/vpn@default/.meta
    is check "$(readlink check)" /usr/share/runit/sv.current/vpn@default/check
    is state "$(readlink supervise)" /run/runit/supervise/vpn@work
    is logger "$(readlink log/run)" /etc/sv/svlogd/run
    # what is there stays
    rm run
    echo '#!/bin/sh' >run
    cpsv p vpn@default vpn@work
    [ ! -L run ]
    code cpsv p nope
    is code $code 1
    says 'cpsv: fatal: nope: no template or service found in CPSV_SOURCE'
}

cpsv_lays_out_the_directories() {
    rm -rf /etc/service /etc/runit /etc/sv
    cpsv i
    is service "$(readlink /etc/service)" /etc/runit/runsvdir/current
    is current "$(readlink /etc/runit/runsvdir/current)" /etc/runit/runsvdir/default
    is source "$(readlink /usr/share/runit/sv.current)" /usr/share/runit/sv.now
    [ -d /etc/sv ]
    mkdir -p /home/u
    chmod 777 /home/u
    HOME=/home/u chpst -u nobody cpsv i
    is own "$(readlink /home/u/.service)" /home/u/.runit/runsvdir/current
    [ -d /home/u/.runit/runsvdir/headless ]
    code cpsv
    is code $code 1
    says 'Usage: cpsv [ -f ] a '
    code cpsv l
    is code $code 0
    rm -rf /usr/share/runit/sv.current
    code cpsv l
    is code $code 1
    says 'cpsv: fatal: cpsv /usr/share/runit/sv.current : not a directory'
}

a_tree_of_a_user_is_made_and_taken_away() {
    mkdir -p /home/u/.service
    sed -i 's|^nobody:\(.*\):[^:]*:\([^:]*\)$|nobody:\1:/home/u:\2|' /etc/passwd
    chown -R nobody /home/u
    file /home/u/.service/foo/run <<'R'
#!/bin/sh
id -un >/tmp/who
echo "$HOME $USER $SVDIR" >>/tmp/who
exec sleep 1000
R
    chown -R nobody /home/u
    mk-runscript --add unprivileged nobody
    code mk-runscript --add unprivileged nobody
    is code $code 1
    runsvdir /etc/service &
    tree=$!
    soon test -s /tmp/who
    soon grep -q /home /tmp/who
    is who "$(tr '\n' ' ' </tmp/who)" 'nobody /home/u nobody /home/u/.service '
    mk-runscript --remove unprivileged nobody
    is left "$(ls -A /etc/service)" ''
    kill -HUP $tree
    wait $tree || :
    code mk-runscript --add unprivileged no-such-user
    is code $code 1
    mkdir /etc/service/unprivileged.other
    echo '#!/bin/sh' >/etc/service/unprivileged.other/run
    code mk-runscript --remove unprivileged other
    is code $code 1
    says 'made by somebody else'
    code mk-runscript
    is code $code 1
}

async_timeout_waits_for_the_program_but_not_too_long() {
    code /lib/runit/async-timeout sh -c 'exit 7'
    is code $code 7
    code /lib/runit/async-timeout sh -c 'kill -9 $$'
    is code $code 137
    code /lib/runit/async-timeout
    is code $code 1
    says 'usage: async-timeout prog [args ...]'
    mkfifo "$T/go"
    ASYNC_TIMEOUT=1 /lib/runit/async-timeout sh -c "read -r x <$T/go; echo \$x >$T/later"
    [ ! -e "$T/later" ]
    echo over >"$T/go"
    soon grep -q over "$T/later"
}

a_service_gets_a_control_group_of_its_own() {
    mkdir "$T/cg"
    mount -t cgroup2 cgroup2 "$T/cg" || { mount --bind /sys/fs/cgroup "$T/cg" && [ -e "$T/cg/cgroup.procs" ]; }
    export RUNIT_CGROUP=$T/cg
    # only in this test's own group
    RUNIT_CGROUP=$(mktemp -d "$T/cg/runit-test-XXXXXX")
    export RUNIT_CGROUP
    service foo <<'R'
exec sleep 1000
R
    mkdir /etc/sv/foo/cgroup
    echo 10 >/etc/sv/foo/cgroup/cgroup.max.depth
    ln -s /lib/runit/finish-exec /etc/sv/foo/finish
    supervised foo
    group=$RUNIT_CGROUP/runit/foo
    soon grep -qxF "$(cat /etc/sv/foo/supervise/pid)" "$group/cgroup.procs"
    is value "$(cat "$group/cgroup.max.depth")" 10
    sv down /etc/sv/foo
    _gone() { [ ! -d "$group" ]; }
    soon _gone
    sv exit /etc/sv/foo
    rmdir "$RUNIT_CGROUP/runit" "$RUNIT_CGROUP"
}

runsv_cg_refuses_what_is_no_service() {
    cd /tmp
    code runsv-cg create
    is code $code 111
    code runsv-cg
    is code $code 100
    code runsv-cg bogus
    is code $code 100
}

what_unpacking_leaves_out_is_linked() {
    mkdir -p /etc/sv/foo/log /usr/share/runit/meta/foo
    true >/usr/share/runit/meta/foo/logscript
    true >/usr/share/runit/meta/foo/finish
    /lib/runit/make_svlinks foo
    is state "$(readlink /etc/sv/foo/supervise)" /run/runit/supervise/foo
    is finish "$(readlink /etc/sv/foo/finish)" /lib/runit/finish-exec
    is logger "$(readlink /etc/sv/foo/log/run)" /etc/sv/svlogd/run
    is 'state of the log' "$(readlink /etc/sv/foo/log/supervise)" /run/runit/supervise/foo.log
    /lib/runit/make_svlinks foo
    /lib/runit/make_svlinks nope
}
