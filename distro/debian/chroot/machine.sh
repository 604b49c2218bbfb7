#!/bin/sh
# machine.sh ROOT: makes a running machine of the system ROOT, as process 1 of new namespaces (furnish.sh), and
# becomes runsvdir on /etc/service, whoever's it is. It must never mount anything outside of ROOT.
set -eu
root=$1
mount --make-rprivate /
# shellcheck source=distro/debian/tests/furnish.sh
. "${0%/*}/../tests/furnish.sh"
furnish
# What the first stage leaves behind, of ours as of Debian's.
mkdir "$root/run/runit/supervise"
true >"$root/run/runit.stopit"
true >"$root/run/runit.reboot"
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C runsvdir -P /etc/service \
    'log: ..............................................................................................'
