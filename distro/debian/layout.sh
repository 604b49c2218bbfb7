# shellcheck shell=sh
# layout.sh: what distro/common/install.sh does for LAYOUT=debian once programs and stages are in place: services,
# levels, helper commands and settings where Debian's runit has them. Sourced by it, never run; uses its variables.
# It only copies: which package a file belongs to is said by files.sh.
# shellcheck disable=SC2154 # the variables of install.sh

debian=$here/distro/debian
runit=$share/runit
mkdir -p "$runit/sv.current" "$runit/levels" "$share/doc/runit-rs/examples" "$destdir$prefix/lib/runit"

# The services of the init itself are the examples of that name; the rest is something to read.
for service in "$here"/sv-examples/*/; do
    service=${service%/} name=${service##*/}
    case $name in
        absent | getty* | initctl | power-button | sulogin | udevd) cp -R "$service" "$runit/sv.current/" ;;
        svlogd) ;; # Debian's has places and settings of its own
        *) cp -R "$service" "$share/doc/runit-rs/examples/" ;;
    esac
done
cp "$here/sv-examples/README.md" "$share/doc/runit-rs/examples/"
for service in "$debian"/services/*/ "$debian"/templates/*/; do
    [ ! -d "$service" ] || cp -R "${service%/}" "$runit/sv.current/"
done
cp -R "$debian/sv/svlogd" "$debian/sv/default-syslog" "$etc/sv/"
# A copy that an administrator makes in /etc/sv finds what it refers to beside it; so does one in sv.current.
for name in absent getty; do
    ln -s "$prefix/share/runit/sv.current/$name" "$etc/sv/$name"
done
ln -s "$sysconfdir/sv/svlogd" "$runit/sv.current/svlogd"

# Their state is in /run: neither /usr nor /etc need be writable.
for service in "$runit/sv.current"/*/ "$etc/sv"/*/; do
    service=${service%/} name=${service##*/}
    if [ -L "$service" ] || [ ! -e "$service/run" ]; then continue; fi
    case $name in absent | getty | svlogd) continue ;; esac
    ln -s "/run/runit/supervise/$name" "$service/supervise"
    [ ! -d "$service/log" ] || ln -s "/run/runit/supervise/$name.log" "$service/log/supervise"
done

for list in "$debian"/levels/*/services; do
    level=${list%/services} level=${level##*/}
    install -m 644 "$list" "$runit/levels/$level"
    mkdir -p "$etc/runit/runsvdir/$level"
done
install -m 644 "$here/runsvdir-levels/aliases" "$etc/runit/runsvdir/"
ln -s runit/runsvdir/current "$etc/service"

# The one file with all programs is not in the packages.
rm -f "$share/bash-completion/completions/runit-rs" "$share/fish/vendor_completions.d/runit-rs.fish" \
    "$share/zsh/site-functions/_runit-rs"

# The scripts of /etc/init.d that nothing replaces: duties that run them, and what is replaced.
mkdir -p "$etc/runit/sysv-boot.d"
install -m 755 "$debian"/boot.d/*.sh "$etc/runit/boot.d/"
install -m 755 "$debian"/shutdown.d/*.sh "$etc/runit/shutdown.d/"
install -m 755 "$debian"/sysv-boot.d/*.sh "$etc/runit/sysv-boot.d/"
for duty in 10-pseudofs 12-flags 75-utmp; do
    ln -s "../boot.d/$duty.sh" "$etc/runit/sysv-boot.d/$duty.sh"
done
install -m 644 "$debian/sysv/sysv-replaced" "$destdir$prefix/lib/runit/"

# Helper commands and settings, each directory of distro/debian to where its name says.
for pair in lib:lib/runit bin:bin sbin:sbin; do
    for file in "$debian/${pair%%:*}"/*; do
        [ -f "$file" ] || continue
        # what is only read by others is not executable
        mode=644
        [ ! -x "$file" ] || mode=755
        install -D -m $mode "$file" "$destdir$prefix/${pair#*:}/${file##*/}"
    done
done
install -D -m 644 "$debian/lsb/40-runit" "$destdir$prefix/lib/lsb/init-functions.d/40-runit"
install -m 644 "$debian"/completions/* "$share/bash-completion/completions/"
for page in "$debian"/man/*.8; do
    [ ! -e "$page" ] || install -m 644 "$page" "$share/man/man8/"
done
# Debian's own of these names are diverted by runit-rs-init.
for name in service invoke-rc.d; do
    ln -s "../lib/runit/$name" "$destdir$prefix/sbin/$name"
done
# Where Debian's tools look for the init under a name of its own.
ln -sfn ../../sbin/runit-init "$destdir$prefix/lib/runit/runit-init"
