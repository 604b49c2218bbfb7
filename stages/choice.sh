# shellcheck shell=sh
# Which duties a stage runs: those of boot.d and shutdown.d, unless the administrator has others in their place.
# It must never choose a directory that is not there.
#
#   native.boot.run, or bootrun=1 on the kernel's command line for one boot: all *.sh of boot-run and shutdown-run
#   sysv.boot (Debian): sysv-boot.d, which runs the scripts of /etc/rcS.d

# DUTIES = the directory for this boot
choose_boot() {
    DUTIES=$RUNIT_ETC/boot.d
    if [ -d "$RUNIT_ETC/boot-run" ] && own_duties; then
        DUTIES=$RUNIT_ETC/boot-run
    elif [ -e "$RUNIT_ETC/sysv.boot" ] && [ -d "$RUNIT_ETC/sysv-boot.d" ]; then
        DUTIES=$RUNIT_ETC/sysv-boot.d
    fi
    [ "$DUTIES" = "$RUNIT_ETC/boot.d" ] || say "duties of $DUTIES"
}

# DUTIES = the directory for this shutdown; only a file counts, as ever
choose_shutdown() {
    DUTIES=$RUNIT_ETC/shutdown.d
    if [ -d "$RUNIT_ETC/shutdown-run" ] && [ -e "$RUNIT_ETC/native.boot.run" ]; then
        DUTIES=$RUNIT_ETC/shutdown-run
        say "duties of $DUTIES"
    fi
}

own_duties() {
    [ ! -e "$RUNIT_ETC/native.boot.run" ] || return 0
    [ -z "${bootrun-}" ] || return 0
    kernel_value bootrun && [ "$VALUE" ]
}

# What stage 2 relies on, whoever wrote the duties: a place for its state, and flag files in a known state.
after_boot() {
    [ "$DUTIES" != "$RUNIT_ETC/boot.d" ] || return 0
    [ -d "$RUNIT_RUN/supervise" ] || mkdir -p "$RUNIT_RUN/supervise"
    [ ! -e "$RUNIT_ETC/boot.d/12-flags.sh" ] || (. "$RUNIT_ETC/boot.d/12-flags.sh")
}
