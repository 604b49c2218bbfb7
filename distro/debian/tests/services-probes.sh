# shellcheck shell=sh disable=SC2034,SC2154
# services-probes.sh: what services.sh knows of each service: where it is tried, what it needs, the question that it
# must answer. Read by services.sh.
more=
layers=

layer_of() { echo root; }

needs() {
    case $1 in
        cron | ssh | dbus | chrony) echo rsyslog ;;
    esac
}

prepare() {
    case $1 in
        apache2) inside sed -i 's/80/8080/' /etc/apache2/ports.conf ;;
        # never the clock of the machine this runs on
        chrony) inside sh -c 'echo "DAEMON_OPTS=\"-x -F 1\"" >/etc/default/chrony' ;;
        networking)
            inside sh -c 'ip link add eth0 type veth peer name eth1
                printf "auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet static\naddress 10.9.9.1/24\n" \
                    >/etc/network/interfaces
                printf "allow-hotplug eth1\niface eth1 inet static\naddress 10.9.8.1/24\n" >>/etc/network/interfaces
                printf "allow-hotplug usb0\niface usb0 inet dhcp\n" >>/etc/network/interfaces'
            ;;
        cron) inside sh -c 'echo "* * * * * root date >>/tmp/cron.was" >/etc/cron.d/test' ;;
    esac
}

says() { pattern=$1 && shift && inside "$@" 2>&1 | grep -q -e "$pattern"; }

probe_rsyslog() {
    mark=mark-$$-$(date +%s%N)
    inside logger "$mark" && until_ 10 inside grep -q "$mark" /var/log/syslog
}
probe_cron() {
    inside rm -f /tmp/cron.was
    until_ 90 inside test -s /tmp/cron.was
}
# shellcheck disable=SC2016 # for the inner shell
probe_ssh() { says ^SSH-2.0-OpenSSH bash -c 'exec 3<>/dev/tcp/127.0.0.1/22; read -t 5 line <&3; echo "$line"'; }
probe_dbus() {
    says org.freedesktop.DBus dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames
}
probe_nginx() { says 'Server: nginx' curl -sI http://127.0.0.1/; }
probe_apache2() { says 'Server: Apache' curl -sI http://127.0.0.1:8080/; }
probe_redis_server() { says PONG redis-cli ping; }
probe_chrony() { says 'Leap status' chronyc -n tracking; }
probe_networking() { says 10.9.9.1 ip addr show dev eth0 && says 10.9.8.1 ip addr show dev eth1; }

# for_one_only NAME: what only this service must do
for_one_only() {
    case $1 in
        ssh)
            inside sh -c 'echo Nonsense yes >/etc/ssh/sshd_config.d/bad.conf'
            inside sv up ssh
            step "goes down with wrong settings" goes_down
            inside rm /etc/ssh/sshd_config.d/bad.conf
            inside sh -c ': >/etc/ssh/sshd_not_to_be_run'
            inside sv up ssh
            step "goes down when it is not to be run" goes_down
            ;;
        nginx | apache2)
            inside sh -c "echo 'Nonsense yes;' >/etc/$1/conf.d/bad.conf 2>/dev/null || echo 'Nonsense yes' >/etc/$1/conf-enabled/bad.conf"
            inside sv up "$1"
            step "goes down with wrong settings" goes_down
            inside sh -c "rm -f /etc/$1/conf.d/bad.conf /etc/$1/conf-enabled/bad.conf"
            ;;
        networking)
            says 10.9.9.1 ip addr show dev eth0 && step "takes eth0 down" false
            ;;
    esac
}
