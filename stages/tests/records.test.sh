# shellcheck shell=sh
# Records of boot and shutdown, and what a shutdown leaves for the way down and the next boot.

# Programs that note how they are called, and the two duties. busybox sh has a halt of its own, which would write
# to this machine's wtmp: here it is called otherwise.
_recorders() {
    for name in boot-duty our-halt wtmpdb; do
        program $name <<P
echo "$name \$*" >>$T/calls
P
    done
    cp "$stages/boot.d/linux/75-utmp.sh" "$T/etc/boot.d/"
    sed 's|have halt|have our-halt|; s| halt -| our-halt -|' \
        "$stages/shutdown.d/common/45-wtmp.sh" >"$T/etc/shutdown.d/45-wtmp.sh"
}

boot_and_shutdown_are_recorded_where_wtmpdb_is_used_there_too() {
    _recorders
    stage 1
    stage 3
    is calls "$(cat "$T/calls")" 'boot-duty utmp
wtmpdb boot
wtmpdb shutdown
our-halt -w'
}

a_wtmpdb_that_fails_or_hangs_holds_up_nothing() {
    _recorders
    program wtmpdb <<'P'
exit 1
P
    stage 3
    says 'wtmpdb: not written'
    is calls "$(cat "$T/calls")" 'our-halt -w'
}

shutdown_says_how_long_processes_have_to_end() {
    echo 7 >"$T/run/kill-wait"
    lib >"$T/out" <<'C'
KILL_WAIT=5
. "$RUNIT_ETC/processes.sh"
echo "$KILL_WAIT"
C
    is seconds "$(tail -n1 "$T/out")" 7
}

one_boot_checks_all_file_systems_or_none() {
    program fsck <<P
echo "fsck \$*" >>$T/calls
P
    cp "$stages/boot.d/linux/45-fsck.sh" "$T/etc/boot.d/"
    echo '/dev/none /srv ext4 defaults 0 2' >"$T/fstab"
    export CONTAINER=no RUNIT_PROC="$T/proc"
    # With it stage 1 takes this for a /proc and does not mount one.
    mkdir -p "$T/proc/self"
    true >"$T/proc/self/stat"
    echo 'quiet' >"$T/proc/cmdline"
    for mark in fastboot forcefsck none; do
        [ $mark = none ] || true >"$T/$mark"
        stage 1
        [ ! -e "$T/$mark" ]
    done
    is calls "$(cat "$T/calls")" 'fsck -A -R -T -M -f -y
fsck -A -R -T -M -a'
}
