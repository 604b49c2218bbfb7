# shellcheck shell=sh
# Duties of the administrator's own in the place of boot.d and shutdown.d.

_own() {
    echo 'echo usual' | duty 20-usual
    cp "$stages/boot.d/common/12-flags.sh" "$T/etc/boot.d/"
    mkdir "$T/etc/boot-run" "$T/etc/shutdown-run"
    printf '#!/bin/sh\necho own\n' >"$T/etc/boot-run/mine.sh"
    printf '#!/bin/sh\necho own down\n' >"$T/etc/shutdown-run/mine.sh"
    echo 'echo no duty' >"$T/etc/boot-run/README"
    chmod +x "$T/etc/boot-run/mine.sh" "$T/etc/shutdown-run/mine.sh"
}

own_duties_replace_the_usual_ones_where_the_flag_file_is() {
    _own
    stage 1
    says usual
    quiet_on own
    true >"$T/etc/native.boot.run"
    rm -f "$T"/run/runit.*
    stage 1
    is code "$code" 0
    says own
    quiet_on usual
    quiet_on 'no duty'
    # process 1 and stage 2 find what they need all the same
    [ -e "$T/etc/stopit" ]
    [ -d "$T/run/supervise" ]
    stage 3
    says 'own down'
}

the_kernel_s_command_line_has_them_run_once() {
    _own
    mkdir -p "$T/proc/2"
    echo kthreadd >"$T/proc/2/comm"
    echo '1.00 1.00' >"$T/proc/uptime"
    cp -r /proc/self/stat "$T/stat" && mkdir "$T/proc/self" && cp "$T/stat" "$T/proc/self/stat"
    echo 'ro bootrun=1 quiet' >"$T/proc/cmdline"
    RUNIT_PROC=$T/proc stage 1
    says own
    quiet_on usual
    echo 'ro quiet' >"$T/proc/cmdline"
    RUNIT_PROC=$T/proc stage 1
    says usual
}

without_a_directory_of_their_own_the_usual_ones_run() {
    echo 'echo usual' | duty 20-usual
    true >"$T/etc/native.boot.run"
    true >"$T/etc/sysv.boot"
    stage 1
    says usual
    mkdir "$T/etc/sysv-boot.d"
    printf '#!/bin/sh\necho scripts\n' >"$T/etc/sysv-boot.d/20-rcS.sh"
    stage 1
    says scripts
    quiet_on usual
}
