# shellcheck shell=sh
# The flag files of process 1: links into /run, as `make install` makes them.

_flag_links() {
    for flag in stopit reboot halt kexec; do ln -s "$T/run/runit.$flag" "$T/etc/$flag"; done
}

ctrl_alt_del_asks_for_a_reboot() {
    _flag_links
    program wall <<P
cat >"$T/broadcast"
P
    stage ctrlaltdel
    is broadcast "$(cat "$T/broadcast")" 'Ctrl-Alt-Del at the console: reboot now'
    is code "$code" 0
    is stopit "$(mode "$T/etc/stopit")" 100
    is reboot "$(mode "$T/etc/reboot")" 100
    [ ! -e "$T/etc/halt" ]
    says 'reboot now'
}

ctrl_alt_del_does_what_rc_conf_says() {
    _flag_links
    echo CTRLALTDEL=poweroff >"$T/etc/rc.conf"
    stage ctrlaltdel
    is stopit "$(mode "$T/etc/stopit")" 100
    [ ! -e "$T/etc/reboot" ]
    rm "$T/run"/*
    echo CTRLALTDEL=halt >"$T/etc/rc.conf"
    stage ctrlaltdel
    is halt "$(mode "$T/etc/halt")" 100
    rm "$T/run"/*
    echo CTRLALTDEL=ignore >"$T/etc/rc.conf"
    stage ctrlaltdel
    [ ! -e "$T/etc/stopit" ]
    echo CTRLALTDEL=reboto >"$T/etc/rc.conf"
    stage ctrlaltdel
    says "unknown CTRLALTDEL='reboto'"
    is reboot "$(mode "$T/etc/reboot")" 100
}

ctrl_alt_del_takes_no_second() {
    _flag_links
    lib >"$T/out" <<'C'
now
start=$NOW
sh "$RUNIT_ETC/ctrlaltdel" >/dev/null
now
echo $((NOW - start))
C
    [ "$(tail -n1 "$T/out")" -lt 500 ] # hundredths; it is about 2 on an idle machine
    ! grep -q sleep "$stages/ctrlaltdel"
}

a_boot_clears_what_was_asked_for_last_time() {
    _flag_links
    cp "$stages/boot.d/common/12-flags.sh" "$T/etc/boot.d/"
    for flag in reboot halt kexec; do
        true >"$T/run/runit.$flag"
        chmod 100 "$T/run/runit.$flag"
    done
    stage 1
    for flag in reboot halt kexec; do is $flag "$(mode "$T/etc/$flag")" 0; done
    is stopit "$(mode "$T/etc/stopit")" 0
}

a_request_made_during_the_boot_is_kept() {
    _flag_links
    cp "$stages/boot.d/common/12-flags.sh" "$T/etc/boot.d/"
    for flag in stopit reboot; do
        true >"$T/run/runit.$flag"
        chmod 100 "$T/run/runit.$flag"
    done
    stage 1
    is stopit "$(mode "$T/etc/stopit")" 100
    is reboot "$(mode "$T/etc/reboot")" 100
}

a_flag_counts_on_a_run_without_programs_too() {
    # mounted noexec, `test -x` says no to every file
    cat >"$T/inner" <<I
mount -t tmpfs -o noexec tmpfs "$T/run"
true >"$T/run/runit.halt"
chmod 100 "$T/run/runit.halt"
. "$T/etc/lib.sh"
[ ! -x "$T/etc/halt" ] && echo "no program here"
flag_is_set halt && echo "set"
chmod 0 "$T/run/runit.halt"
flag_is_set halt || echo "not set"
flag_is_set reboot || echo "not there"
I
    _flag_links
    # shellcheck disable=SC2086
    unshare --mount $TEST_SHELL "$T/inner" >"$T/out" 2>&1
    says 'set'
    says 'not set'
    says 'not there'
}

kexec_without_a_loaded_kernel_becomes_a_reboot() {
    _flag_links
    cp "$stages/shutdown.d/linux/95-kexec.sh" "$T/etc/shutdown.d/"
    program kexec <<'P'
echo "kexec was called"
P
    stage 3
    quiet_on kernel
    true >"$T/run/runit.kexec"
    chmod 100 "$T/run/runit.kexec"
    stage 3
    says 'no kernel loaded'
    quiet_on 'was called'
    is kexec "$(mode "$T/etc/kexec")" 0
    is reboot "$(mode "$T/etc/reboot")" 100
}

a_boot_lets_people_in_again_whom_a_shutdown_kept_out() {
    cp "$stages/boot.d/common/12-flags.sh" "$T/etc/boot.d/"
    echo 'shutdown: the system goes down (reboot) at some time' >"$T/run/nologin"
    true >"$T/run/kill-wait"
    _flag_links
    stage 1
    [ ! -e "$T/run/nologin" ]
    [ ! -e "$T/run/kill-wait" ]
    # What the administrator has made stays.
    echo 'closed for repairs' >"$T/run/nologin"
    stage 1
    [ -e "$T/run/nologin" ]
}

tools_that_look_into_run_find_that_runit_is_process_1() {
    cp "$stages/boot.d/common/12-flags.sh" "$T/etc/boot.d/"
    # files in /etc, as the C program has them without Debian's links
    for flag in stopit reboot; do true >"$T/etc/$flag" && chmod 0 "$T/etc/$flag"; done
    stage 1
    for flag in stopit reboot; do
        [ -f "$T/run/runit.$flag" ]
        is $flag "$(mode "$T/run/runit.$flag")" 0
    done
}
