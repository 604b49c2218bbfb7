#!/bin/sh
# services-machine.sh BIN REPO LOWER WORK: the machine of services.sh, run as process 1 of new namespaces. Makes
# its root (a layer in WORK over LOWER, with the programs of BIN and the services of REPO) and becomes runsvdir.
# It must never mount anything outside of WORK.
set -eu
bin=$1 repo=$2 lower=$3 work=$4
root=$work/root
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" "$root"
# shellcheck source=distro/debian/tests/furnish.sh
. "$repo/distro/debian/tests/furnish.sh"
furnish
echo machine >"$root/etc/hostname"

for program in runit runit-init runsv runsvdir sv svlogd chpst pause runsvchdir utmpset; do
    cp "$bin/$program" "$root/usr/bin/"
done
mkdir -p "$root/usr/lib/runit" "$root/etc/service" "$root/etc/sv" "$root/etc/runit"
cp "$repo"/distro/debian/lib/* "$root/usr/lib/runit/"
[ -z "${RUNIT_LIB-}" ] || cp "$RUNIT_LIB"/* "$root/usr/lib/runit/"
chmod 755 "$root"/usr/lib/runit/*
mkdir -p "$root/etc/runit/boot.d"
cp "$repo"/stages/*.sh "$root/etc/runit/"
cp "$repo"/stages/boot.d/*/*.sh "$root/etc/runit/boot.d/"
cp -R "$repo/sv-examples/absent" "$repo/sv-examples/svlogd" "$root/etc/sv/"
for service in "$repo"/distro/debian/services/*/; do
    name=${service%/} name=${name##*/}
    rm -rf "$root/etc/sv/$name"
    cp -R "${service%/}" "$root/etc/sv/$name"
done
grep -q ^_runit-log: "$root/etc/passwd" || chroot "$root" useradd -r -d /nonexistent -s /usr/sbin/nologin _runit-log
: >"$root/etc/runit/up"
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C runsvdir -P /etc/service \
    'log: ..............................................................................................'
