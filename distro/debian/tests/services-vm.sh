#!/bin/sh
# services-vm.sh [LAYER:][NAME...]: the services that need a kernel of their own, tried in a virtual machine: a
# Debian of services-root.sh with our packages ($RUNIT_DEBS, else target/deb, made by `make deb`) and with the
# services of this tree in their place. All services are up when it boots; then services.sh tries those that are
# named inside of it, without a name those that it cannot try in a namespace; then the machine powers off. What the
# console showed stays in $RUNIT_CONSOLE (else a file in /tmp, named at the end). Needs root and QEMU; no network but
# QEMU's own. It never runs longer than $RUNIT_VM_LIMIT seconds (1800).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../../.." && pwd)
deps=${RUNIT_DEPS:-$repo/.deps}
debs=${RUNIT_DEBS:-${CARGO_TARGET_DIR:-$repo/target}/deb}
layer=root
case ${1-} in *:) layer=${1%:} && shift ;; esac
[ $# -gt 0 ] || set -- elogind acpid smartmontools chrony network-manager containerd docker udevd
die() { echo "services-vm.sh: $*" >&2; exit 1; }
[ -e "$deps/kernel/vmlinuz" ] || die "no kernel: make deps"
for package in runit-rs runit-rs-init runit-rs-services; do
    ls "$debs/${package}_"*.deb >/dev/null || die "no packages in $debs: make deb"
done
roots=$("$here/services-root.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/services-vm.XXXXXX")
console=${RUNIT_CONSOLE:-$work.console}
qemu=
trap '[ -z "$qemu" ] || kill -s TERM "$qemu" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

lower=$roots/root
[ "$layer" = root ] || lower=$roots/$layer/upper:$lower
mkdir -p "$work/debs" "$work/upper" "$work/work" "$work/root"
cp "$debs"/runit-rs_*.deb "$debs"/runit-rs-init_*.deb "$debs"/runit-rs-services_*.deb "$work/debs/"
echo "$*" >"$work/names"
# shellcheck disable=SC2016 # for the inner shell
unshare --mount --pid --fork --kill-child sh -eu -c '
    lower=$1 work=$2 repo=$3 deps=$4
    root=$work/root
    mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" "$root"
    mount -t proc proc "$root/proc"
    mkdir "$root/srv/debs"
    cp "$work"/debs/* "$root/srv/debs/"
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive sh -ec "
        yes \"Yes, do as I say!\" | apt-get install -y --allow-remove-essential --allow-downgrades /srv/debs/*.deb"
    rm -rf "$root/srv/debs" "$root/usr/sbin/policy-rc.d"
    # The services of this tree, with the links that the package has given them.
    ours=$root/usr/share/runit/sv.current
    for service in "$repo"/distro/debian/services/*/; do
        service=${service%/} name=${service##*/}
        rm -rf "${ours:?}/$name"
        cp -R "$service" "$ours/$name"
        ln -s "/run/runit/supervise/$name" "$ours/$name/supervise"
        [ ! -d "$service/log" ] || ln -s "/run/runit/supervise/$name.log" "$ours/$name/log/supervise"
        # What Debian brings itself would go before ours.
        rm -rf "${root:?}/etc/sv/$name" "$root/etc/runit/runsvdir/default/$name"
    done
    cp "$repo/distro/debian/lib/ready" "$root/usr/lib/runit/"
    sed -i "\,^default/,d" "$root/var/lib/runit/links"
    chroot "$root" /usr/lib/runit/trigger_sv setup
    cp -R "$repo/distro/debian/tests" "$root/srv/tests"
    mkdir -p "$root/etc/sv/tests" "$root/lib/modules"
    cp -R "$deps"/kernel/lib/modules/* "$root/lib/modules/"
    cp "$work/names" "$root/srv/tests/names"
    cp "$deps/busybox/busybox" "$root/srv/busybox"
    {
        echo "#!/bin/sh"
        echo "exec >/dev/ttyS0 2>&1 </dev/null"
        echo "RUNIT_HERE=yes sh /srv/tests/services.sh \$(cat /srv/tests/names)"
        echo "poweroff"
        echo "exec pause"
    } >"$root/etc/sv/tests/run"
    chmod 755 "$root/etc/sv/tests/run"
    ln -s /etc/sv/tests "$root/etc/runit/runsvdir/default/tests"
    # The console is for what the tests say.
    rm -f "$root/etc/runit/runsvdir/default/getty-console"
    echo "/dev/nvme0n1 / ext4 errors=remount-ro 0 1" >"$root/etc/fstab"
    printf "auto lo\niface lo inet loopback\n" >"$root/etc/network/interfaces"
    sed -i "s/80/8080/" "$root/etc/apache2/ports.conf"
    echo machine >"$root/etc/hostname"
    echo "127.0.0.1 localhost machine" >"$root/etc/hosts"
    : >"$root/etc/resolv.conf"
    umount "$root/proc"
    mke2fs -q -F -t ext4 -d "$root" "$work/disk" 3500M
' prepare "$lower" "$work" "$repo" "$deps" </dev/null >"$work/log" 2>&1 || { cat "$work/log" && die "no image"; }
rm -rf "$work/upper" "$work/work"

timeout -k 5 "${RUNIT_VM_LIMIT:-1800}" qemu-system-x86_64 -accel tcg -machine pc -m 2048 -nodefaults -no-user-config \
    -nographic -serial "file:$console" -kernel "$deps/kernel/vmlinuz" \
    -append "root=/dev/nvme0n1 rootfstype=ext4 ro console=ttyS0 quiet" \
    -drive "file=$work/disk,format=raw,if=none,id=disk,cache=unsafe" -device nvme,serial=one,drive=disk \
    -netdev user,id=net -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci -no-reboot &
qemu=$!
code=0
wait $qemu || code=$?
qemu=
tr -d '\r' <"$console" | grep -E '^(ok: |FAILED: |services: |    )' || :
echo "console: $console"
[ $code = 0 ] || die "the machine did not power off ($code)"
tr -d '\r' <"$console" | grep -q '^services: [1-9][0-9]* passed, 0 failed$'
