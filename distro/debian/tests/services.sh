#!/bin/sh
# services.sh [NAME...]: starts the services of distro/debian/services for real, each in a Debian with its package:
# our runsvdir is process 1 of namespaces (processes, mounts, network, host name) whose root is a layer over
# services-root.sh's. For each: it comes up and stays, its check agrees, it answers (services-probes.sh), restart
# gives a new process that answers, stop leaves no process behind, and without its program it goes down and stays.
# Prints one line for each that fails, and "N passed, M failed". Programs: $RUNIT_BIN, else target/debug; run
# as root. What needs a kernel of its own is for services-vm.sh. It must never touch the machine it runs on.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# RUNIT_HERE: this is the machine to try them in, by services-vm.sh.
if [ "${RUNIT_HERE-}" ]; then
    services=/usr/share/runit/sv.current
else
    services=/etc/sv
    repo=$(cd "$here/../../.." && pwd)
    bin=${RUNIT_BIN:-$repo/target/debug}
    roots=$("$here/services-root.sh") || exit 1
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/services.XXXXXX")
machine='' init=''
# shellcheck source=services-probes.sh
. "$here/services-probes.sh"

# What each service is tried in: its root, and what must run before it.
all="rsyslog cron ssh dbus nginx apache2 redis-server chrony networking $more"

leave() {
    [ -z "$machine" ] || kill -s KILL "$machine" 2>/dev/null || :
    wait 2>/dev/null || :
    rm -rf "$work"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

# inside COMMAND...: in the machine, in its root
inside() {
    if [ "${RUNIT_HERE-}" ]; then
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@" </dev/null
        return
    fi
    nsenter -t "$init" -m -p -n -u -i -r -w env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@" </dev/null
}

# boot LAYER: a machine with our programs and services, and nothing running
boot() {
    [ -z "${RUNIT_HERE-}" ] || return 0
    mkdir -p "$work/upper" "$work/work" "$work/root"
    lower=$roots/root
    [ "$1" = root ] || lower=$roots/$1/upper:$lower
    unshare --mount --pid --net --uts --ipc --fork --kill-child sh "$here/services-machine.sh" \
        "$bin" "$repo" "$lower" "$work" >"$work/console" 2>&1 &
    machine=$!
    until_ 20 test -e "$work/upper/etc/runit/up" || { cat "$work/console" && exit 1; }
    read -r init <"/proc/$machine/task/$machine/children" || : # no end of line there
}
halt() {
    [ -z "${RUNIT_HERE-}" ] || return 0
    [ -z "$machine" ] || kill -s KILL "$machine"
    wait "$machine" 2>/dev/null || :
    rm -rf "$work/upper" "$work/work"
    machine='' init=''
}

# until_ SECONDS COMMAND...: polls
until_() {
    end=$(($(date +%s) + $1 * slow)) && shift
    until "$@" >"$work/last" 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.2
    done
}
sv() { inside sv "$@"; }
is() { case $(sv status "$2") in "$1":*) ;; *) return 1 ;; esac }
pid() { sv status "$1" | sed -n 's/^run: [^:]*: (pid \([0-9]*\)).*/\1/p'; }
older() { [ "$(sv status "$1" | sed -n 's/^run: [^:]*: (pid [0-9]*) \([0-9]*\)s.*/\1/p')" -ge "$2" ]; }
# What runs in the machine: number and name, without what serves supervision and this test.
processes() {
    inside ps -eo pid=,ppid=,comm= >"$work/ps"
    # not the kernel's threads, whose parent is 2 on a machine
    sed -n '/^ *[0-9]* *2 /!s/^ *\([0-9]*\) *[0-9]* /\1 /p' "$work/ps" |
        grep -v -e ' runsv$' -e ' runsvdir$' -e ' svlogd$' -e ' ps$' -e ' env$' | sort
}
new_processes() { processes >"$work/after" && comm -13 "$work/before" "$work/after"; }
nothing_new() { new_processes >"$work/new" && [ ! -s "$work/new" ]; }

# step WHAT COMMAND...: one thing that must hold
passed=0 failed=0 slow=1
[ -z "${RUNIT_HERE-}" ] || slow=5 # an emulated processor
step() {
    what=$1 && shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
        return 0
    fi
    failed=$((failed + 1))
    echo "FAILED: $name: $what"
    {
        cat "$work/said"
        sv status "$name"
        [ ! -e "$work/console" ] || tail -n 5 "$work/console"
        [ ! -e "$work/new" ] || cat "$work/new"
    } 2>&1 | sed 's/^/    /'
    return 1
}
# One that pays attention to what it says is better found in a log; here only its state counts.
comes_up() { until_ "${limit:-40}" sv check "$name" && is run "$name"; }
stays() { first=$(pid "$name") && until_ 20 older "$name" 4 && [ "$(pid "$name")" = "$first" ]; }
answers() { until_ 20 "probe_$(echo "$name" | tr -c 'a-z0-9\n' _)"; }
restarts() {
    first=$(pid "$name")
    sv -w "${limit:-40}" restart "$name" || return 1
    second=$(pid "$name")
    [ "$second" ] && [ "$second" != "$first" ]
}
unsupervised() { ! sv status "$name" | grep -q -e ^run: -e ^down: -e ^finish:; }
stops() { sv -w 40 stop "$name" && is down "$name"; }
leaves_nothing() { until_ 10 nothing_new; }
goes_down() { until_ 15 is down "$name" && sleep 2 && is down "$name"; }
stays_down_without_program() {
    program=$(inside cat "$services/$name/.meta/bin") || return 1
    inside mv "$program" "$program.away"
    sv up "$name" && goes_down
    code=$?
    inside mv "$program.away" "$program"
    return $code
}

# try NAME: all of it
try() {
    name=$1
    for other in $(needs "$name"); do
        program=$(inside cat "$services/$other/.meta/bin")
        inside test -e "$program" || continue # another one of its kind is installed
        inside ln -sfn "$services/$other" "/etc/service/$other"
        until_ 20 sv check "$other" || echo "$name: $other is not there"
    done
    if inside test -e "/etc/service/$name"; then
        inside rm "/etc/service/$name"
        until_ 20 unsupervised
    fi
    prepare "$name"
    processes >"$work/before"
    inside ln -s "$services/$name" "/etc/service/$name"
    until_ 10 inside test -p "$services/$name/supervise/ok"
    if step "comes up" comes_up; then
        step "is the same process for some seconds" stays
        step "answers" answers
        step "restarts" restarts && step "is ready again" comes_up && step "answers again" answers
    fi
    step "stops" stops && step "leaves no process behind" leaves_nothing
    # The init's own have no package that could go.
    ! inside test -e "$services/$name/.meta/bin" || step "stays down without its program" stays_down_without_program
    for_one_only "$name"
    inside rm "/etc/service/$name"
    until_ 20 unsupervised || :
}

# everything NAME...: all services at once, as after a boot
everything() {
    for name; do
        if step "is up with all the others" comes_up; then echo "up: $name"; fi
    done
}

if [ "${RUNIT_HERE-}" ]; then
    linked=
    for name in /etc/service/*; do
        name=${name##*/}
        case $name in tests | netmount | getty* | sysv | initctl | power-button) ;; *) linked="$linked $name" ;; esac
    done
    # shellcheck disable=SC2086 # a list
    everything $linked || :
    for name; do
        before_failed=$failed
        try "$name" || :
        [ "$failed" -ne "$before_failed" ] || echo "ok: $name"
    done
fi
for layer in root $layers; do
    [ -z "${RUNIT_HERE-}" ] || break
    chosen=
    for name in $all; do
        [ "$(layer_of "$name")" = "$layer" ] || continue
        [ $# = 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
        chosen="$chosen $name"
    done
    [ "$chosen" ] || continue
    boot "$layer"
    for name in $chosen; do
        before_failed=$failed
        try "$name" || :
        [ "$failed" -ne "$before_failed" ] || echo "ok: $name"
    done
    halt
done
echo "services: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
