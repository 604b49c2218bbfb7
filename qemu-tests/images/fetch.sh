#!/bin/sh
# fetch.sh: what the virtual machines are made of, downloaded through apt and unpacked, never
# installed: a kernel, busybox, a small Debian root, and the C runit that tests compare with; also
# a root with the daemons of the services in sv-examples.
#
#   fetch.sh            everything that is missing
#   fetch.sh PART...    these parts: kernel busybox debian tools examples oracle-release oracle-sid
#
# The parts go to $RUNIT_DEPS (one cache for several trees), else to .deps in this tree. Each
# part appears under its name only when it is whole, so an interrupted run leaves nothing
# half-done; a part that exists is left alone. Remove a part's directory to fetch it anew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"

deps=${RUNIT_DEPS:-$(cd "$here/../.." && pwd)/.deps}
mkdir -p "$deps"
deps=$(cd "$deps" && pwd)

# One fetch at a time in one cache. The lock goes with the process, however it ends.
if [ -z "${RUNIT_FETCH_LOCKED:-}" ]; then
    RUNIT_FETCH_LOCKED=yes exec flock "$deps/.lock" "$0" "$@"
fi

work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# wanted PART: what this script would put there; another text than last time means anew.
wanted() {
    case $1 in
        debian) echo "$debian_packages" ;;
        tools) echo "$tools_packages" ;;
        examples) echo "$examples_packages" ;;
        *) echo "$1" ;;
    esac
}

is_there() {
    [ -e "$deps/$1" ] && [ "$(cat "$deps/$1/WANTED" 2>/dev/null)" = "$(wanted "$1")" ]
}

# begin PART: an empty work directory, to become $deps/PART.
begin() {
    part=$1
    work=$deps/.part.$part
    rm -rf "$work"
    mkdir -p "$work/debs" "$work/out"
    # apt gives up its root rights to download; where the cache is out of its reach it says
    # so and keeps them, which is as well.
    cd "$work/debs"
}

# unpack: every downloaded package over $work/out, and their names to become PACKAGES there.
# tar and not dpkg-deb does it, since older dpkg-deb would replace our links (/bin and the
# like) by the directories of a package.
unpack() {
    for deb in "$work"/debs/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -p --no-same-owner --keep-directory-symlink -C "$work/out"
        dpkg-deb -W "$deb" >>"$work/packages"
    done
}

# finish TEXT: the part is whole.
finish() {
    cd "$deps"
    mv "$work/packages" "$work/out/PACKAGES"
    wanted "$part" >"$work/out/WANTED"
    rm -rf "${deps:?}/$part"
    mv "$work/out" "$deps/$part"
    rm -rf "$work"
    work=
    say "$part: $1"
}

# The kernel that Debian builds for clouds: it has the virtio devices and little else. Its
# modules are left uncompressed and get their index (modules.dep) from Debian's own depmod.
fetch_kernel() {
    begin kernel
    need_lists
    image=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
        sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
    [ -n "$image" ] || die "linux-image-cloud-amd64 is not in this machine's package sources (is it Debian on amd64?)"
    say "kernel: downloading $image (about 30 MB)"
    download "$image"
    unpack
    release=${image#linux-image-}
    mv "$work/out/boot/vmlinuz-$release" "$work/out/vmlinuz"
    if [ -d "$work/out/usr/lib/modules" ]; then
        mv "$work/out/usr/lib/modules" "$work/modules"
    else
        mv "$work/out/lib/modules" "$work/modules"
    fi
    rm -rf "$work/out/boot" "$work/out/lib" "$work/out/usr"
    mkdir "$work/out/lib"
    mv "$work/modules" "$work/out/lib/modules"
    if [ -n "$(find "$work/out/lib/modules" -name '*.ko.xz' -print -quit)" ]; then
        say "kernel: unpacking its modules"
        find "$work/out/lib/modules" -name '*.ko.xz' -exec xz -d {} +
    fi
    debian_depmod -b "$work/out" "$release"
    echo "$release" >"$work/out/RELEASE"
    finish "Linux $release"
}

# debian_depmod ARGUMENT...: depmod of the fetched Debian root, with its own libc, so that
# neither its version nor this machine's matters. (depmod is kmod called by that name.)
debian_depmod() {
    # (not through /lib64: that link may lead to this machine's)
    "$deps/debian/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --argv0 depmod \
        --library-path "$deps/debian/lib/x86_64-linux-gnu" "$deps/debian/bin/kmod" "$@"
}

fetch_busybox() {
    begin busybox
    say "busybox: downloading busybox-static (1 MB)"
    download busybox-static
    unpack
    found=$(find "$work/out" -type f -name busybox -path '*bin/*')
    mv "$found" "$work/busybox"
    rm -rf "$work/out/bin" "$work/out/usr"
    mv "$work/busybox" "$work/out/busybox"
    finish "$(cut -f 2 <"$work/packages" | head -n 1)"
}

# The user land of the disk guest: real packages with everything they depend on. apt itself
# works out the set, asked as if nothing were installed. Left out is what only their
# installation scripts would use, and another init. (dash is the shell of both guests: busybox's own prefers its
# applets `init` and `reboot` to any program of that name.)
debian_packages="dash bash util-linux mount udev kmod e2fsprogs openssh-server openssh-client"
left_out='^(systemd|adduser|debconf|dpkg|perl.*|libperl.*|lib.*-perl|ucf|usrmerge|sensible-utils|runit-helper|gcc-.*-base)$'
fetch_debian() {
    begin debian
    # shellcheck disable=SC2086 # a list of package names
    unpack_root $debian_packages
    finish "$(wc -l <"$work/packages") packages, $(du -sh "$work/out" | cut -f 1)"
}

# What some tests put into the disk guest besides: volumes, a network file system, another kernel. All that
# these packages need and the disk guest has not.
tools_packages="kexec-tools dmsetup lvm2 mdadm nfs-kernel-server"
fetch_tools() {
    begin tools
    base=$(cut -f 1 <"$deps/debian/PACKAGES" | tr '\n' '|')
    always_left_out=$left_out
    left_out="$left_out|^(${base}python3.*|libpython3.*|media-types|rpcbind|keyutils|libsqlite3.*|netbase|libdebconfclient.*|systemd-sysv|cdebconf.*|debconf-.*|dmeventd)\$"
    # shellcheck disable=SC2086 # a list of package names
    unpack_root $tools_packages
    left_out=$always_left_out
    # What another init and the installation would use.
    rm -rf "$work/out/etc/init.d" "$work/out/etc/systemd" "$work"/out/etc/rc?.d "$work/out/usr/lib/systemd" \
        "$work/out/etc/cron.d" "$work/out/etc/cron.daily"
    finish "$(wc -l <"$work/packages") packages, $(du -sh "$work/out" | cut -f 1)"
}

# The user land of the tests of sv-examples: the daemons that the articles run, and what a person
# looks at them with. The compiler that PostgreSQL may use for long queries is half of its size.
examples_packages="dash procps psmisc hostname socat openssh-server lighttpd memcached postgresql"
fetch_examples() {
    begin examples
    left_out="$left_out|^(libllvm.*|libz3-.*|postgresql-common|postgresql-client-common|ssl-cert|locales|libc-l10n)\$"
    # shellcheck disable=SC2086 # a list of package names
    unpack_root $examples_packages
    rm -rf "$work"/out/usr/lib/postgresql/*/lib/bitcode "$work"/out/usr/lib/postgresql/*/lib/llvmjit*
    finish "$(wc -l <"$work/packages") packages, $(du -sh "$work/out" | cut -f 1)"
}

# unpack_root PACKAGE...: these and all they depend on, as a root directory.
unpack_root() {
    need_lists
    : >"$work/no-packages-installed"
    list=$(apt-get install --simulate -qq -o Dir::State::status="$work/no-packages-installed" \
        -o APT::Install-Recommends=0 -o Debug::NoLocking=1 "$@" |
        sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -Ev "$left_out")
    # shellcheck disable=SC2086
    say "$part: downloading $(echo $list | wc -w) packages: $* and what they need"
    # shellcheck disable=SC2086
    download $list
    # The packages may hold /bin or /usr/bin; both are one directory from the start.
    for dir in bin sbin lib lib64; do
        mkdir -p "$work/out/usr/$dir"
        ln -s "usr/$dir" "$work/out/$dir"
    done
    say "$part: unpacking"
    unpack
    rm -rf "$work/out/usr/share/doc" "$work/out/usr/share/man" "$work/out/usr/share/locale" \
        "$work/out/usr/share/lintian" "$work/out/usr/share/bash-completion"
}

# oracle PART: does the unpacked runit run here?
oracle_runs() {
    "$deps/$1/usr/bin/chpst" -0 true 2>/dev/null
}

# The C runit of this machine's own Debian release.
fetch_oracle_release() {
    begin oracle-release
    say "oracle-release: downloading runit (150 kB)"
    download runit
    unpack
    finish "$(cut -f 2 <"$work/packages")"
    oracle_runs oracle-release || say "oracle-release: warning: its programs do not run on this machine"
}

# The C runit of Debian sid, the version that runit-rs is measured by. sid is read through a
# package list of its own, from the mirror that this machine uses: nothing of it reaches the
# machine's own package sources. Not every mirror has sid; then the part is absent.
fetch_oracle_sid() {
    begin oracle-sid
    uri=$(mirror)
    if [ -z "$uri" ]; then
        say "oracle-sid: warning: no Debian mirror among this machine's package sources: comparisons with sid's runit will be missing"
        return 0
    fi
    own_apt "$work/apt" "$uri" sid /dev/null "$work/apt/archives"
    # A mirror whose list of sid is some weeks old serves as well: the signature is checked all the same.
    say "oracle-sid: downloading sid's package list (10 MB) and runit (150 kB)"
    if APT_CONFIG=$work/apt/conf apt-get update -qq 2>"$work/apt/log" &&
        APT_CONFIG=$work/apt/conf apt-get download -qq runit 2>>"$work/apt/log"; then
        unpack
        finish "$(cut -f 2 <"$work/packages")"
        oracle_runs oracle-sid || say "oracle-sid: warning: its programs do not run on this machine"
    else
        sed 's/^/deps: /' "$work/apt/log" | head -n 5
        say "oracle-sid: warning: sid's runit is not to be had from $uri: comparisons with it will be missing"
    fi
}

[ $# -gt 0 ] || set -- debian kernel busybox tools examples oracle-release oracle-sid
had=
for want in "$@"; do
    if is_there "$want"; then
        had="$had $want"
        continue
    fi
    case $want in
        kernel)
            is_there debian || fetch_debian
            fetch_kernel
            ;;
        busybox) fetch_busybox ;;
        debian) fetch_debian ;;
        tools)
            is_there debian || fetch_debian
            fetch_tools
            ;;
        examples) fetch_examples ;;
        oracle-release) fetch_oracle_release ;;
        oracle-sid) fetch_oracle_sid ;;
        *) die "no part '$want': kernel busybox debian tools examples oracle-release oracle-sid" ;;
    esac
done
[ -z "$had" ] || say "already there:$had (in $deps)"
