#!/bin/sh
# busybox.sh: busybox's runsvdir, runsv, sv, chpst and svlogd, for both benches. Debian builds its
# busybox without most of them, so they are made from Debian's source package; where this machine's
# package sources have no sources, busybox is left out. Installs nothing.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=../qemu-tests/images/lib.sh
. "$root/qemu-tests/images/lib.sh"

deps=${RUNIT_DEPS:-$root/.deps}
busybox=$deps/bench/busybox
[ ! -e "$busybox/runsvdir" ] || exit 0
work=$deps/bench/.new-busybox
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/source" "$work/out"
cd "$work"
# The machine's own package sources, asked for source packages.
for list in /etc/apt/sources.list.d/*.sources; do
    [ -e "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" && echo
done >sources.sources
if [ ! -s sources.sources ]; then
    grep -hE '^deb ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed 's/^deb /deb-src /' >sources.list || true
fi
list=$(find "$work" -maxdepth 1 -name 'sources.*' -size +0 | head -n 1)
apt() {
    apt-get -q -o Dir::Etc::sourcelist="$list" -o Dir::Etc::sourceparts=/nonexistent \
        -o Dir::State::lists="$work/lists" -o APT::Sandbox::User=root "$@" >>"$work/apt.log" 2>&1
}
if [ -z "$list" ] || ! apt update || ! (cd source && apt --download-only source busybox); then
    say "bench: no source of busybox in this machine's package sources: left out (see $work/apt.log)"
    exit 0
fi
cd source
tar xf busybox_*.orig.tar.*
cd busybox-*/
say "bench: building busybox's supervision programs"
make allnoconfig >../make.log 2>&1
for word in SVLOGD RUNSV RUNSVDIR SV CHPST LONG_OPTS; do
    sed -i "s/# CONFIG_$word is not set/CONFIG_$word=y/" .config
done
sed -i 's/CONFIG_FEATURE_PREFER_APPLETS=y/# CONFIG_FEATURE_PREFER_APPLETS is not set/' .config
yes '' | make oldconfig >>../make.log 2>&1
make -j2 busybox >>../make.log 2>&1 || { tail -n 20 ../make.log >&2; die "busybox does not build"; }
for program in svlogd runsv runsvdir sv chpst; do
    cp busybox "$work/out/$program"
done
printf 'busybox\t%s (Debian source)\n' "$(basename "$PWD" | sed 's/busybox-//')" >"$work/out/PACKAGES"
rm -rf "$busybox"
mv "$work/out" "$busybox"
rm -rf "$work"
