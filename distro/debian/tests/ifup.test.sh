# shellcheck shell=sh
# ifup-plain: what it brings up by itself, what it leaves to ifup, and how long it waits for devices.

# _interfaces: the text of /etc/network/interfaces, from standard input; no hooks, nothing is up
_interfaces() {
    mkdir -p "$T/hooks" "$T/net"
    cat >"$T/interfaces"
    export INTERFACES="$T/interfaces" HOOKS="$T/hooks" IFSTATE="$T/state" SYS_NET="$T/net"
}

_two_static() {
    _interfaces <<'I'
auto one two
iface one inet static
    address 192.0.2.1/24
iface two inet static
    address 198.51.100.1/24
I
}

the_loopback_interface_comes_up() {
    _interfaces <<'I'
# as Debian's installer writes it
auto lo
iface lo inet loopback
I
    ip link set lo down
    SYS_NET=/sys/class/net
    mount -t sysfs sysfs /sys
    code /lib/runit/ifup-plain
    is code "$code" 0
    ip link show dev lo | grep -q '[<,]UP[,>]'
    is state "$(cat "$T/state")" lo=lo
    # what is up already is for ifup
    code /lib/runit/ifup-plain
    is code "$code" 3
}

what_is_not_plain_is_left_to_ifup() {
    for line in 'iface one inet dhcp' 'iface one inet6 auto' 'mapping one' 'allow-hotplug one'; do
        printf 'auto lo one\niface lo inet loopback\n%s\n' "$line" | _interfaces
        true >"$T/net/lo"
        true >"$T/net/one"
        code /lib/runit/ifup-plain
        is "$line" "$code" 3
        [ ! -e "$T/state" ]
    done
}

interfaces_that_do_not_come_are_waited_for_so_long_and_no_longer() {
    _two_static
    begin=$(date +%s)
    IFUP_WAIT=1
    export IFUP_WAIT
    code /lib/runit/ifup-plain
    is code "$code" 3
    [ $(($(date +%s) - begin)) -lt 10 ]
    [ ! -e "$T/state" ]
}

interfaces_that_come_later_are_waited_for() {
    _two_static
    # The first is there, the second comes once it is waited for.
    true >"$T/net/one"
    (
        until grep -qsx wait4path /proc/[0-9]*/comm; do :; done
        true >"$T/net/two"
    ) &
    export IFUP_WAIT=30
    begin=$(date +%s)
    code /lib/runit/ifup-plain
    wait
    # by then ip finds neither
    is code "$code" 1
    [ $(($(date +%s) - begin)) -lt 20 ]
}

all_interfaces_together_have_one_limit() {
    _two_static
    file /usr/local/bin/wait4path <<'W'
#!/bin/sh
echo "$*" >>/tmp/waits
exit 1
W
    hash -r
    export IFUP_WAIT=7
    code /lib/runit/ifup-plain
    is code "$code" 3
    is waits "$(cat /tmp/waits)" "-t 7 $T/net/one $T/net/two"
}
