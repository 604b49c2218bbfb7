# shellcheck shell=sh disable=SC2034,SC2154
# services-probes.sh: what services.sh knows of each service: where it is tried, what it needs, the question that it
# must answer. Read by services.sh.
more="mariadb postgresql exim4 cups avahi-daemon atd busybox-syslogd busybox-klogd dhcpcd"
layers="busybox-syslogd+ntpsec dhcpcd"

layer_of() {
    case $1 in
        busybox-*) echo busybox-syslogd+ntpsec ;;
        dhcpcd) echo dhcpcd ;;
        *) echo root ;;
    esac
}

needs() {
    case $1 in
        cron | ssh | dbus | chrony | exim4 | cups | atd) echo rsyslog ;;
        avahi-daemon | elogind | network-manager) echo rsyslog dbus ;;
        acpid | smartmontools | ntpsec) echo rsyslog ;;
        docker) echo rsyslog containerd ;;
        busybox-klogd) echo busybox-syslogd ;;
    esac
}

prepare() {
    case $1 in
        apache2) inside sed -i 's/80/8080/' /etc/apache2/ports.conf ;;
        # never the clock of the machine this runs on
        chrony) [ "${RUNIT_HERE-}" ] || inside sh -c 'echo "DAEMON_OPTS=\"-x -F 1\"" >/etc/default/chrony' ;;
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

probe_mariadb() { says 'mysqld is alive' mariadb-admin ping && says '^42$' mariadb -Ne 'select 6*7'; }
probe_postgresql() { says '^42$' chpst -u postgres psql -Atc 'select 6*7'; }
# shellcheck disable=SC2016
probe_exim4() { says '^220 .*Exim' bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; read -t 20 line <&3; echo "$line"'; }
probe_cups() { says 'scheduler is running' lpstat -r; }
probe_avahi_daemon() { says VersionString dbus-send --system --print-reply --dest=org.freedesktop.Avahi / \
    org.freedesktop.DBus.Introspectable.Introspect; }
probe_atd() {
    inside sh -c 'rm -f /tmp/at.was; echo "date >/tmp/at.was" | at now'
    until_ 60 inside test -s /tmp/at.was
}
probe_busybox_syslogd() {
    mark=mark-$$-$(date +%s%N)
    inside logger "$mark" && says "$mark" busybox logread
}
probe_busybox_klogd() { says 'klogd started' busybox logread; }
probe_dhcpcd() { says 'dhcpcd' dhcpcd -U; }

probe_elogind() { says 'Operating System\|No sessions\|SESSION' loginctl --no-pager list-sessions; }
probe_acpid() { inside test -S /run/acpid.socket; }
probe_smartmontools() {
    inside sh -c 'cat /var/log/syslog 2>/dev/null; busybox logread 2>/dev/null' >"$work/log"
    grep -a -q 'smartd.*onitoring.* 1 NVMe' "$work/log"
}
probe_network_manager() { says connected nmcli -t -f STATE general && says 10.0.2. ip -4 addr show; }
probe_containerd() { says 'Server:' ctr version; }
probe_docker() {
    [ "$name" ] && inside docker image inspect box >/dev/null 2>&1 ||
        inside sh -c 'cd /srv && tar -c busybox | docker import - box'
    says '^from-inside$' docker run --rm --network none box /busybox echo from-inside
}
# What coldplug asks the kernel for is what udev itself would.
same_devices() {
    inside sh -c 'udevadm trigger -n -v --type=all | while read -r path; do [ ! -e "$path/uevent" ] || echo "$path"; done |
        sort >/tmp/theirs && coldplug -n | sort >/tmp/ours && [ -s /tmp/ours ] && diff /tmp/theirs /tmp/ours'
}
probe_udevd() { same_devices && inside coldplug && inside udevadm trigger --settle /dev/null && says DEVNAME=/dev/nvme0n1 udevadm info /dev/nvme0n1; }
# Without servers it only answers what it knows.
probe_ntpsec() { says 'version' ntpq -c rv; }

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
            bad=/etc/nginx/conf.d/bad.conf
            [ "$1" = nginx ] || bad=/etc/apache2/conf-enabled/bad.conf
            inside sh -c "echo 'Nonsense yes;' >$bad"
            sv up "$1"
            step "goes down with wrong settings" goes_down
            inside rm "$bad"
            ;;
        networking)
            inside ip -4 addr show dev eth0 >"$work/eth0"
            step "takes its interfaces down" test ! -s "$work/eth0"
            inside ln -s "$services/netmount" /etc/service/netmount
            name=netmount
            step "netmount goes down where there is nothing to mount" goes_down
            inside sh -c 'mkdir /mnt/net; echo "net /mnt/net tmpfs _netdev 0 0" >>/etc/fstab'
            sv up networking
            sv up netmount
            step "netmount mounts when the network is up" until_ 20 inside mountpoint /mnt/net
            step "netmount goes down when it has" goes_down
            inside umount /mnt/net
            inside rm /etc/service/netmount
            name=networking
            ;;
        postgresql)
            inside pg_createcluster 15 second >/dev/null
            sv up postgresql
            step "two clusters come up" comes_up
            step "the second one answers" says '^42$' chpst -u postgres psql -p 5433 -Atc 'select 6*7'
            step "the first one answers" answers
            step "two clusters stop" stops && step "two clusters leave no process behind" leaves_nothing
            inside sh -c 'for c in /etc/postgresql/15/*; do echo manual >$c/start.conf; done'
            sv up postgresql
            step "goes down without a cluster" goes_down
            ;;
    esac
}
