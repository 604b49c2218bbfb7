# shellcheck shell=sh
# furnish.sh: read by process 1 of new namespaces, to make a machine of the system in $root: its own /proc, /sys, /run,
# /tmp, devices, name and loopback interface. It must never mount anything outside of $root, nor give the machine a
# device that is a disk.

furnish() {
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
    mkdir -p "$root/run/lock" "$root/run/runit"
    hostname machine
    echo "127.0.0.1 localhost machine" >"$root/etc/hosts"
    ip link set lo up
}
