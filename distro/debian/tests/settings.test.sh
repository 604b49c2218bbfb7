# shellcheck shell=sh
# What rc.conf says reaches services, which are started without it.

_stages() {
    cp /mnt/top/stages/*.sh /mnt/top/stages/[123] /etc/runit/
    cp -R /mnt/top/sv-examples/absent /etc/sv/
}

udev_beside_the_services_gets_the_time_that_rc_conf_gives_it() {
    _stages
    cp -R /mnt/top/sv-examples/udevd /etc/sv/
    ln -s /etc/sv/udevd /etc/runit/runsvdir/default/udevd
    # no volumes, no file systems: nothing before the services waits for a device
    rm -rf /etc/lvm /etc/mdadm /etc/mdadm.conf /etc/crypttab /etc/fstab /etc/rc.local /dev/btrfs-control
    true >/etc/fstab
    for daemon in /usr/lib/systemd/systemd-udevd /lib/systemd/systemd-udevd; do
        file $daemon <<'U'
#!/bin/sh
exec sleep 1000
U
    done
    file /usr/local/bin/udevadm <<'U'
#!/bin/sh
echo "$*" >>/tmp/udevadm
U
    hash -r
    echo UDEV_SETTLE=17 >/etc/runit/rc.conf
    export CONTAINER=no
    code sh /mnt/top/stages/boot.d/linux/25-devices.sh
    is code "$code" 0
    says 'udev: beside the services'
    [ ! -e /tmp/udevadm ]
    # on a machine process 2 is kthreadd
    mkdir -p "$T/proc/2" /sys/class
    echo kthreadd >"$T/proc/2/comm"
    mount --bind "$T/proc" /proc
    (cd /etc/sv/udevd && exec env -i PATH="$PATH" ./run) >"$T/log.udevd" 2>&1 &
    _settled() { [ ! -e /run/runit/devices-due ]; }
    soon _settled
    grep -qx -- 'settle --timeout=17' /tmp/udevadm
}

scripts_of_rc2_get_the_time_that_rc_conf_gives_them() {
    _stages
    cp -R /mnt/top/distro/debian/services/sysv /etc/sv/
    rm -f /usr/bin/sysv-rc
    file /usr/bin/sysv-rc <<'S'
#!/bin/sh
echo "$*" >>/tmp/sysv-rc
S
    cd /etc/sv/sysv
    env -i PATH="$PATH" ./run
    echo SYSV_LIMIT=17 >/etc/runit/rc.conf
    env -i PATH="$PATH" ./run
    # without the stages it runs as well
    rm /etc/runit/lib.sh
    env -i PATH="$PATH" ./run
    is calls "$(tr '\n' , </tmp/sysv-rc)" '-t 90 start /etc/rc2.d,-t 17 start /etc/rc2.d,-t 90 start /etc/rc2.d,'
}
