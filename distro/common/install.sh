#!/bin/sh
# install.sh DESTDIR PREFIX SYSCONFDIR PROGRAMS: puts runit-rs below DESTDIR, as `make install` asks:
# the built programs of the directory PROGRAMS, their pages and completions, the stages with this system's
# duties, the levels, the services.
# MULTICALL=1 installs one file, runit-rs, with links in the place of the programs; CHPST_NAMES=1
# also the daemontools names of chpst, which the C package does not install either.
# LAYOUT=debian puts it where Debian's runit has it, for the packages of distro/debian: services that an
# administrator does not edit below PREFIX/share/runit/sv.current, levels as lists that a maintainer script
# turns into links, Debian's helper commands.
# Keeps a level, its aliases or a setting (rc.conf) that are there already; never touches the running system's init links.
set -eu
destdir=$1 prefix=$2 sysconfdir=$3 programs=$4
here=$(cd "$(dirname "$0")/../.." && pwd)
etc=$destdir$sysconfdir
case $(uname -s) in FreeBSD) system=freebsd ;; *) system=linux ;; esac

mkdir -p "$destdir$prefix/bin" "$destdir$prefix/sbin"
[ -z "${MULTICALL:-}" ] || install -m 755 "$programs/runit-rs" "$destdir$prefix/bin/runit-rs"

# Programs of the system's administrator go to sbin, all others to bin.
sbin=' boot-duty coldplug runit runit-init utmpset halt initctld power-button runlevel seedrng shutdown sysv-rc zzz '
for source in "$here"/init/programs/src/bin/*.rs; do
    name=${source##*/} name=${name%.rs}
    case $sbin in *" $name "*) dir=sbin ;; *) dir=bin ;; esac
    if [ "$name" = runit-rs ]; then
        continue
    elif [ -n "${MULTICALL:-}" ]; then
        ln -sfn "../bin/runit-rs" "$destdir$prefix/$dir/$name"
    else
        install -m 755 "$programs/$name" "$destdir$prefix/$dir/$name"
    fi
done

# One program, told what to do by the name it is called by.
for name in poweroff reboot; do
    [ ! -e "$destdir$prefix/sbin/halt" ] || ln -sfn halt "$destdir$prefix/sbin/$name"
done
[ ! -e "$destdir$prefix/sbin/zzz" ] || ln -sfn zzz "$destdir$prefix/sbin/ZZZ"
# Another init's are left to it.
for name in init telinit; do
    link=$destdir$prefix/sbin/$name
    [ -e "$link" ] || [ -L "$link" ] || ln -s runit-init "$link"
done
for name in runsvctrl runsvstat svwaitup svwaitdown; do
    ln -sfn sv "$destdir$prefix/bin/$name"
done
if [ -n "${CHPST_NAMES:-}" ]; then
    for name in envdir envuidgid pgrphack setlock setuidgid softlimit; do
        ln -sfn chpst "$destdir$prefix/bin/$name"
    done
fi

# Pages and completions: those of the programs that are there, under the names they have there.
share=$destdir$prefix/share
mkdir -p "$share/man/man7" "$share/man/man8" "$share/bash-completion/completions" \
    "$share/zsh/site-functions" "$share/fish/vendor_completions.d"
is_there() { [ -e "$destdir$prefix/bin/$1" ] || [ -e "$destdir$prefix/sbin/$1" ]; }
install -m 644 "$here/init/programs/man/"*.7 "$share/man/man7/"
install -m 644 "$here/init/programs/completions/zsh/"_* "$share/zsh/site-functions/"
for completion in "$here/init/programs/completions/bash/"*; do
    install -m 644 "$completion" "$share/bash-completion/completions/"
    install -m 644 "$here/init/programs/completions/fish/${completion##*/}.fish" "$share/fish/vendor_completions.d/"
done
for page in "$here/init/programs/man/"*.8; do
    name=${page##*/} name=${name%.8}
    is_there "$name" || continue
    install -m 644 "$page" "$share/man/man8/"
    # The page of another name leads to that of the program; bash and fish look for completions by name as well.
    program=$(sed -n 's|^\.so man8/\(.*\)\.8$|\1|p' "$page")
    [ -n "$program" ] || continue
    ln -sfn "$program" "$share/bash-completion/completions/$name"
    ln -sfn "$program.fish" "$share/fish/vendor_completions.d/$name.fish"
done

mkdir -p "$etc/runit/boot.d" "$etc/runit/shutdown.d" "$etc/runit/runsvdir" "$etc/sv"
install -m 755 "$here/stages/1" "$here/stages/2" "$here/stages/3" "$here/stages/ctrlaltdel" "$etc/runit/"
install -m 644 "$here"/stages/*.sh "$here/stages/pseudofs.fstab" "$etc/runit/"
# links, which boot.d/10-pseudofs copies
[ "$system" != linux ] || { mkdir -p "$etc/runit/dev" && cp -P "$here"/stages/dev/* "$etc/runit/dev/"; }
[ -e "$etc/runit/rc.conf" ] || install -m 644 "$here/stages/rc.conf" "$etc/runit/"
for dir in boot.d shutdown.d; do
    for duty in "$here/stages/$dir/common"/*.sh "$here/stages/$dir/$system"/*.sh; do
        [ ! -e "$duty" ] || install -m 755 "$duty" "$etc/runit/$dir/"
    done
done
# Requests to process 1 live in /run: /etc may be read-only.
for flag in stopit reboot halt kexec; do
    [ -e "$etc/runit/$flag" ] || ln -sfn "/run/runit.$flag" "$etc/runit/$flag"
done

if [ "${LAYOUT:-}" = debian ]; then
    # shellcheck source=distro/debian/layout.sh
    . "$here/distro/debian/layout.sh"
    exit 0
fi

cp -R "$here/sv-examples/." "$etc/sv/"
rm -f "$etc/sv/.shellcheckrc"
for list in "$here"/runsvdir-levels/*/services; do
    level=${list%/services} level=$etc/runit/runsvdir/${level##*/}
    [ ! -d "$level" ] || continue
    mkdir "$level"
    while read -r service _; do
        case $service in '' | '#'*) continue ;; esac
        ln -s "$sysconfdir/sv/$service" "$level/$service"
    done <"$list"
done
[ -e "$etc/runit/runsvdir/aliases" ] || install -m 644 "$here/runsvdir-levels/aliases" "$etc/runit/runsvdir/"
[ -e "$etc/runit/runsvdir/current" ] || ln -sfn default "$etc/runit/runsvdir/current"
[ -e "$etc/service" ] || [ -L "$etc/service" ] || ln -sfn "$sysconfdir/runit/runsvdir/current" "$etc/service"
