# shellcheck shell=bash disable=SC2154 # variables of words.sh
# Cases: supervision under another init that runs (runit-rs-run), which is process 1 of a namespace. See check.sh.

# A service with a logger in the level svmanaged; it says when it begins and ends.
_supervised() {
    mkdir -p "$TEST/root/etc/sv/mine/log" "$TEST/root/var/log/mine" "$levels/svmanaged"
    cat >"$TEST/root/etc/sv/mine/run" <<'R'
#!/bin/sh
trap 'kill $!; echo ended; exit 0' TERM
echo begun
sleep 1000 &
wait $!
R
    printf '#!/bin/sh\nexec svlogd /var/log/mine\n' >"$TEST/root/etc/sv/mine/log/run"
    chmod +x "$TEST/root/etc/sv/mine/run" "$TEST/root/etc/sv/mine/log/run"
    ln -s /etc/sv/mine "$levels/svmanaged/mine"
}

# sysvinit as process 1, in run level 2, with nothing in its inittab but that.
_boot_sysvinit() {
    printf 'id:2:initdefault:\n# the last line, without an end' >"$TEST/root/etc/inittab"
    mkdir -p "$TEST/root/dev"
    mount -t tmpfs dev "$TEST/root/dev"
    for name in null zero full random urandom tty; do
        : >"$TEST/root/dev/$name"
        mount --bind "/dev/$name" "$TEST/root/dev/$name"
    done
    : >"$TEST/root/dev/console"
    ln -s /proc/self/fd "$TEST/root/dev/fd"
    mount -t tmpfs run "$TEST/root/run"
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --pid --fork --kill-child sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" /sbin/init' \
        boot "$TEST/root" >"$TEST/console" 2>&1 </dev/null &
    unshare=$!
    _soon test -p "$TEST/root/run/initctl"
    init=$(cat "/proc/$unshare/task/$unshare/children")
    init=${init%% *}
}

# _soon COMMAND...: it succeeds within half a minute.
_soon() {
    for _ in $(seq 300); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    cat "$TEST/root/dev/console"
    fail "soon: $*"
}
_is_up() { _running sv status mine | grep '^run: mine: .*; run: log: '; }
_tree() { _running sh -c 'grep -lx runsvdir /proc/[0-9]*/comm 2>/dev/null'; }
_is_another_than() { _is_up && [ "$(_tree)" != "$1" ]; }
# No supervisor is left, and no service.
_none_left() { ! _running sh -c 'cat /proc/[0-9]*/comm 2>/dev/null' | grep -qxE 'runsv|runsvdir|svlogd|supervise'; }
# _logged WORD...: what the service said, all of it.
_logged() { [ "$(tr '\n' ' ' <"$TEST/root/var/log/mine/current")" = "$* " ] || fail "log: $(cat "$TEST/root/var/log/mine/current")"; }

supervision_runs_under_a_living_sysvinit() {
    get install init sysvinit-core
    install runit-rs
    _supervised
    _boot_sysvinit
    # It begins when it is installed.
    # shellcheck disable=SC2046 # a list
    _running apt-get -y -q install $(ours debs runit-rs-run)
    has_line /etc/inittab '# the last line, without an end'
    _soon _is_up
    _soon _logged begun
    # A tree that goes is started anew by init, a program that goes by its supervisor.
    tree=$(_tree)
    _running sh -c "kill -s HUP $(echo "$tree" | tr -dc 0-9)"
    _soon _is_another_than "$tree"
    _soon _logged begun ended begun
    # An upgrade leaves all of it as it is.
    before="$(_tree) $(cat "$TEST/root/etc/sv/mine/supervise/pid")"
    # shellcheck disable=SC2046 # a list
    _running apt-get -y -q install $(ours newer runit-rs runit-rs-run)
    [ "$(_tree) $(cat "$TEST/root/etc/sv/mine/supervise/pid")" = "$before" ] || fail 'the upgrade changes nothing'
    # The way down ends the services in order, their last words are kept; single user and back.
    _running telinit 6
    _soon _none_left
    _soon _logged begun ended begun ended
    _running telinit 2
    _soon _is_up
    # And the removal.
    _running apt-get -y -q purge runit-rs-run
    _none_left || fail 'nothing of it runs'
    _soon _logged begun ended begun ended begun ended
    has_no_line /etc/inittab RR:
}

the_line_of_inittab_is_the_administrators() {
    install runit-rs runit-rs-run
    is_gone /etc/inittab
    # sysvinit comes later.
    get install init sysvinit-core
    has_line /etc/inittab 'RR:12345:respawn:/usr/lib/runit/supervise'
    # What was switched off stays off.
    sed -i 's/^RR:/#RR:/' "$TEST/root/etc/inittab"
    install --reinstall runit-rs-run
    # shellcheck disable=SC2046 # a list
    get install $(ours newer runit-rs runit-rs-run)
    has_line /etc/inittab '#RR:12345:respawn:/usr/lib/runit/supervise'
    [ "$(grep -c RR: "$TEST/root/etc/inittab")" = 1 ]
    get remove runit-rs-run
    has_no_line /etc/inittab RR:
    has_no_line /etc/inittab runit-rs-run
}
