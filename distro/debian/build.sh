#!/bin/bash
# build.sh [RELEASE]: builds the Debian packages into target/deb, as `make deb` asks, and has lintian look at them.
# RELEASE is the number of the Debian they are for (12, 13 ...): this machine's, unless said otherwise. Programs
# that the release build has made are taken as they are. Nothing is downloaded but crates that are missing, and
# nothing is installed: deps.sh does that. RUNIT_DEB_OUT is another directory for them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"

say() { printf 'deb: %s\n' "$*"; }
die() { printf 'deb: fatal: %s\n' "$*" >&2; exit 1; }

release=${1:-$(sed 's/\..*//' /etc/debian_version 2>/dev/null)} || :
case $release in
    12 | 13 | 14) ;;
    *) die "this machine does not say which Debian it is ('$release'): name it, make deb RELEASE=13" ;;
esac
for tool in dpkg-buildpackage dh lintian; do
    command -v "$tool" >/dev/null || die "no $tool: distro/debian/deps.sh installs it"
done

target=${CARGO_TARGET_DIR:-$root/target}
out=${RUNIT_DEB_OUT:-$target/deb}
mkdir -p "$target"
LIBC="${LIBC:-}" distro/common/release.sh ||
    die "the programs cannot be built; without a network the crates must be there already: cargo fetch --locked"

# A copy of the tree as it is, with what is not committed yet, and without what git ignores.
copy=$out/runit-rs
rm -rf "$out"
mkdir -p "$copy"
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
else
    find . -path ./target -prune -o -path ./.deps -prune -o ! -type d -print0
fi | while IFS= read -r -d '' file; do
    if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
done | tar -c --null -T - | tar -x -C "$copy"
cp -R "$copy/distro/debian/debian" "$copy/debian"
sed -i "1s/)/+deb$release)/" "$copy/debian/changelog"

# -d: the compiler may be one that is no package (rustup).
(cd "$copy" && RUNIT_PROGRAMS="$target/small/programs" dpkg-buildpackage -b -uc -us -d >"$out/build.log" 2>&1) || {
    tail -n 40 "$out/build.log" >&2
    die "dpkg-buildpackage failed: $out/build.log"
}
rm -rf "$copy"
cd "$out"
lintian --fail-on error,warning ./*.changes || die "lintian has something to say"
say "lintian: no error, no warning"
for deb in *.deb; do
    printf '%9s  %s\n' "$(stat -c %s "$deb")" "$deb"
done
say "packages: $out"
