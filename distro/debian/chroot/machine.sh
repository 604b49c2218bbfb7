#!/bin/sh
# machine.sh ROOT: makes a running machine of the system ROOT, as process 1 of new namespaces: its own devices, /run and
# loopback interface, and runsvdir on /etc/service, whoever's it is. It must never mount anything outside of ROOT, nor
# give the machine a device that is a disk.
set -eu
root=$1
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    true >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
hostname machine
echo "127.0.0.1 localhost machine" >"$root/etc/hosts"
ip link set lo up
# What the first stage leaves behind, of ours as of Debian's.
mkdir -p "$root/run/lock" "$root/run/runit/supervise"
true >"$root/run/runit.stopit"
true >"$root/run/runit.reboot"
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C runsvdir -P /etc/service \
    'log: ..............................................................................................'
