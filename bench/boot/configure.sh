# shellcheck shell=sh
# configure.sh: the same services for each init, set up in its new root (images/debian.sh runs it there, with
# `init=NAME` before it): udev, rsyslog, cron, sshd, a static network, six gettys. Nothing else is changed:
# each init does its work as Debian's package of it does.

# None of these services needs it, and not every init would start it.
DEBIAN_FRONTEND=noninteractive apt-get purge -y dbus dbus-daemon dbus-bin dbus-system-bus-common dbus-session-bus-common

# The serial line is the observer's and the console's; nobody has a login there.
# shellcheck disable=SC2154 # given before it
case $init in
    systemd)
        systemctl mask serial-getty@ttyS0.service
        for tty in 2 3 4 5 6; do systemctl enable "getty@tty$tty.service"; done
        ;;
    runit-init)
        rm -f /etc/runit/runsvdir/default/getty-ttyS0
        # Debian's package leaves it to the administrator which of the gettys run.
        for tty in 1 2 3 4 5 6; do
            [ -e "/etc/runit/runsvdir/default/getty-tty$tty" ] || ln -s "/etc/sv/getty-tty$tty" /etc/runit/runsvdir/default/
        done
        ;;
    finit)
        # It finds udev and the network by itself. Its package has no files for cron.
        echo 'service [2345] cron -f -- Regular background program processing daemon' >/etc/finit.d/cron.conf
        rm -f /etc/finit.d/acpid.conf
        ;;
    ours)
        rm -f /etc/runit/runsvdir/default/getty-console
        # openssh-server brings a service for Debian's runit, which has a second sshd check the configuration at
        # every start; the others here do not, and neither does ours.
        if [ -e /usr/share/runit/sv.current/ssh/run ]; then
            ln -sfn /usr/share/runit/sv.current/ssh /etc/runit/runsvdir/default/ssh
        fi
        ;;
esac
