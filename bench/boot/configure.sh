# shellcheck shell=sh
# configure.sh: the same services for each init, set up in its new root (images/debian.sh runs it there, with
# `init=NAME` before it): udev, rsyslog, cron, sshd, a static network, six gettys. Nothing else is changed:
# each init does its work as Debian's package of it does.

# None of these services needs it, and not every init would start it.
DEBIAN_FRONTEND=noninteractive apt-get purge -y dbus dbus-daemon dbus-bin dbus-system-bus-common dbus-session-bus-common
rm -f /etc/runit/runsvdir/default/dbus /etc/runit/runsvdir/default/dbus.dep-fixer

# The serial line is the observer's and the console's; nobody has a login there.
# shellcheck disable=SC2154 # given before it
case $init in
    systemd)
        systemctl mask serial-getty@ttyS0.service
        for tty in 2 3 4 5 6; do systemctl enable "getty@tty$tty.service"; done
        ;;
    runit-init | runit-native)
        rm -f /etc/runit/runsvdir/default/getty-ttyS0
        # Debian's package leaves it to the administrator which of the gettys run.
        for tty in 1 2 3 4 5 6; do
            [ -e "/etc/runit/runsvdir/default/getty-tty$tty" ] || ln -s "/etc/sv/getty-tty$tty" /etc/runit/runsvdir/default/
        done
        ;;
    finit)
        # It finds udev and the network by itself. Its package has no files for cron.
        echo 'service [2345] cron -f -- Regular background program processing daemon' >/etc/finit.d/cron.conf
        rm -f /etc/finit.d/acpid.conf
        ;;
    ours)
        rm -f /etc/runit/runsvdir/default/getty-console
        ;;
esac

# Debian's runit leaves the scripts of its native boot to the administrator. These do what rcS.d would, and no more.
[ "$init" = runit-native ] || exit 0
mkdir -p /etc/runit/boot-run /etc/runit/shutdown-run
true >/etc/runit/native.boot.run
true >/etc/runit/no.emulate.sysv
cat >/etc/runit/boot-run/10-all.sh <<'BOOT'
mountpoint -q /proc || mount -t proc -o nosuid,nodev,noexec proc /proc
mountpoint -q /sys || mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mountpoint -q /run || mount -t tmpfs -o nosuid,nodev,mode=0755 run /run
mkdir -p /dev/pts /dev/shm /run/lock /run/user /run/sshd /run/network
mount -t devpts -o nosuid,noexec,gid=5,mode=0620,ptmxmode=0666 devpts /dev/pts
mount -t tmpfs -o nosuid,nodev,mode=1777 shm /dev/shm
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 /sys/fs/cgroup
chmod 1777 /run/lock
hostname "$(cat /etc/hostname)"
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add --type=subsystems
udevadm trigger --action=add --type=devices
udevadm settle
fsck -T -a /
mount -o remount,rw /
fsck -A -R -T -M -a
mount -a
swapon -a
sysctl -q --system
true >/run/utmp
chgrp utmp /run/utmp
cat /var/lib/random-seed >/dev/urandom 2>/dev/null
dmesg >/var/log/dmesg
ifup -a
BOOT
cat >/etc/runit/shutdown-run/10-all.sh <<'DOWN'
dd if=/dev/urandom of=/var/lib/random-seed bs=512 count=1 2>/dev/null
hwclock -w -u
ifdown -a -X lo
killall5 -15
sleep 0.5
killall5 -9
swapoff -a
umount -a -r -t nodevtmpfs,notmpfs,noproc,nosysfs,nodevpts,nocgroup2
mount -o remount,ro /
DOWN
