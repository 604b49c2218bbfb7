# shellcheck shell=sh
# The scripts of /etc/init.d on a whole system: duties, the service sysv, flag files.

_stages() {
    cp /mnt/top/stages/*.sh /mnt/top/stages/[123] /etc/runit/
    mkdir -p /etc/runit/boot.d /etc/runit/shutdown.d /etc/runit/sysv-boot.d
    cp /mnt/top/distro/debian/boot.d/* /mnt/top/stages/boot.d/common/12-flags.sh /etc/runit/boot.d/
    cp /mnt/top/distro/debian/shutdown.d/* /etc/runit/shutdown.d/
    cp /mnt/top/distro/debian/sysv-boot.d/* /etc/runit/sysv-boot.d/
    cp /mnt/top/distro/debian/sysv/sysv-replaced /usr/lib/runit/
    cp -R /mnt/top/distro/debian/services/sysv /mnt/top/sv-examples/absent /etc/sv/
    rm -f /etc/runit/stopit
    for flag in stopit reboot halt kexec; do ln -s "/run/runit.$flag" "/etc/runit/$flag"; done
}

# _script NAME LINKS HEADER: a script, its links, and one line of its header
_script() {
    file "/etc/init.d/$1" <<S
#!/bin/sh
### BEGIN INIT INFO
# Provides: ${1%.sh}
# $3
### END INIT INFO
echo "$1 \$1 \$RUNLEVEL" >>/tmp/log
S
    for link in $2; do ln -s "../init.d/$1" "/etc/rc${link%%/*}.d/${link#*/}$1"; done
}

_ran() { is log "$(tr '\n' ',' <"$T/log")" "$1"; }

the_boot_runs_what_no_duty_does() {
    _stages
    _script keyboard-setup.sh 'S/S01' 'Required-Start: mountkernfs'
    _script mountkernfs.sh 'S/S01' 'X-Interactive: false'
    _script console 'S/S01' 'Required-Start: keyboard-setup'
    _script hwclock.sh 'S/S01' ''
    code sh /etc/runit/1
    is code $code 0
    _ran 'keyboard-setup.sh start S,console start S,'
    says '3 duties'
    grep -q '^72-sysv .* 0$' /run/runit/boot-times
}

sysv_boot_goes_back_to_all_scripts_of_rcS() {
    _stages
    _script keyboard-setup.sh 'S/S01' 'Required-Start: mountkernfs'
    _script mountkernfs.sh 'S/S01' ''
    rm -f /run/runit.*
    true >/etc/runit/sysv.boot
    code sh /etc/runit/1
    is code $code 0
    _ran 'mountkernfs.sh start S,keyboard-setup.sh start S,'
    [ -f /run/runit.stopit ]
}

the_service_runs_rc2_once_and_goes_down() {
    _stages
    _script foo '2/S01' ''
    _script bar '2/S01' 'Required-Start: foo'
    _script native '2/S01' ''
    service native </dev/null
    supervised sysv
    soon grep -q bar "$T/log"
    soon stat_is sysv down
    _ran 'foo start 2,bar start 2,'
    # later ones by hand, those before not again
    _script new '2/S01' ''
    sv up /etc/sv/sysv || :
    soon grep -q new "$T/log"
    _ran 'foo start 2,bar start 2,new start 2,'
}

the_way_down_stops_them_in_reverse() {
    _stages
    _script foo '2/S01 0/K01 6/K01' 'Required-Stop: bar'
    _script bar '2/S01 0/K01 6/K01' ''
    _script never '0/K01 6/K01' ''
    sysv-rc start /etc/rc2.d
    rm "$T/log"
    code sh /etc/runit/shutdown.d/15-sysv.sh
    _ran 'foo stop 0,bar stop 0,'
    is level "$(cat /run/runit.runlevel)" 0
    sysv-rc start /etc/rc2.d
    rm "$T/log"
    chmod 100 /run/runit.reboot
    code sh /etc/runit/shutdown.d/15-sysv.sh
    _ran 'foo stop 6,bar stop 6,'
    is level "$(cat /run/runit.runlevel)" 6
    code sh /etc/runit/shutdown.d/15-sysv.sh
    says 'none was started'
}

the_network_is_stopped_after_its_file_systems() {
    _stages
    _script networking 'S/S01 0/K01' ''
    _script daemon '2/S01 0/K01' ''
    sysv-rc start /etc/rcS.d
    sysv-rc start /etc/rc2.d
    rm "$T/log"
    code sh /etc/runit/shutdown.d/15-sysv.sh
    _ran 'daemon stop 0,'
    code sh /etc/runit/shutdown.d/52-sysv.sh
    _ran 'daemon stop 0,networking stop 0,'
    code sh /etc/runit/shutdown.d/52-sysv.sh
    says 'none is left'
    [ -e /mnt/top/stages/shutdown.d/linux/50-network-mounts.sh ]
}

a_flag_file_switches_rc2_off() {
    _stages
    _script foo '2/S01' ''
    true >/etc/runit/no.emulate.sysv
    sysv-rc start /etc/rc2.d
    [ ! -e "$T/log" ]
    rm /etc/runit/no.emulate.sysv
    mkdir /etc/runit/no.emulate.sysv.d
    true >/etc/runit/no.emulate.sysv.d/foo
    sysv-rc start /etc/rc2.d
    [ ! -e "$T/log" ]
}

the_marks_of_the_runner_are_found_by_invoke_run() {
    _stages
    _script foo '2/S01' ''
    sysv-rc start /etc/rc2.d
    service foo <<'R'
echo service >>/tmp/log
R
    cd /etc/sv/foo
    ./run
    _ran 'foo start 2,foo stop ,service,'
    ./run
    _ran 'foo start 2,foo stop ,service,service,'
}

encrypted_volumes_are_opened_before_file_systems_are_checked() {
    _stages
    _script cryptdisks 'S/S01' 'Required-Start: checkroot cryptdisks-early'
    _script cryptdisks-early 'S/S01' 'Required-Start: checkroot'
    export CONTAINER=no
    code sh /etc/runit/1
    [ ! -e "$T/log" ]
    says '39-cryptdisks: skipped: no volumes in crypttab'
    printf '# comment\ndata /dev/sda2 none luks\n' >/etc/crypttab
    code sh /etc/runit/1
    is code $code 0
    _ran 'cryptdisks-early start ,cryptdisks start ,'
    # by its number after md and LVM, and before 40-root-check
    [ -e /etc/runit/boot.d/39-cryptdisks.sh ]
    [ -e /mnt/top/stages/boot.d/linux/38-volumes.sh ]
    [ -e /mnt/top/stages/boot.d/linux/40-root-check.sh ]
}
