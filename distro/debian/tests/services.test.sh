# shellcheck shell=sh
# The form of the services in distro/debian/services: what can be said of them without their programs. Whether they
# run is said by services.sh and services-vm.sh.

services=/mnt/top/distro/debian/services
_not() { if "$@"; then echo "it did: $*" && return 1; fi; }
_scripts() { find "$services" /mnt/top/distro/debian/lib/ready -type f ! -path '*/.meta/*' ! -name '*.md' ! -name timeout-stop; }

every_service_has_a_run_script_that_its_interpreter_can_read() {
    count=0
    for service in "$services"/*/; do
        count=$((count + 1))
        for file in "$service"run "$service"finish "$service"check "$service"control/* "$service"cluster/*; do
            case $file in */run) ;; *) [ -f "$file" ] || continue ;; esac
            [ -x "$file" ] || { echo "$file: not executable" && return 1; }
            read -r first <"$file"
            case $first in
                '#!/bin/sh' | '#!/lib/runit/invoke-run') ;;
                *) echo "$file: $first" && return 1 ;;
            esac
            sh -n "$file"
        done
    done
    [ $count -ge 10 ]
}

every_run_script_says_what_it_was_run_with_and_how_it_was_tried() {
    for run in "$services"/*/run; do
        name=${run%/run} name=${name##*/}
        [ "$name" != sysv ] || continue # the init's own
        { read -r _ && read -r what && IFS= read -r rest; } <"$run"
        case $what in "# $name: "* | "# $name@"*) ;; *) echo "$run: $what" && return 1 ;; esac
        sed -n '2,/^[^#]/p' "$run" | grep -q -E \
            '^# Run with [a-z0-9.+-]+ [0-9][^ ]*; tried: (VM of [0-9-]+|namespace of [0-9-]+|UNTRIED)' ||
            { echo "$run: not said what it was run with" && return 1; }
    done
    [ "$rest" ]
}

every_service_names_its_program_and_the_package_it_is_from() {
    for service in "$services"/*/; do
        case $service in */sysv/) continue ;; esac # the init's own
        program=
        read -r program <"$service.meta/bin"
        case $program in /*) ;; *) echo "$service.meta/bin: $program" && return 1 ;; esac
        read -r how <"$service.meta/onupgrade"
        case $how in restart | reload | nostop) ;; *) echo "$service.meta/onupgrade: $how" && return 1 ;; esac
        read -r enable <"$service.meta/enable"
        case $enable in yes | no) ;; *) echo "$service.meta/enable: $enable" && return 1 ;; esac
        [ ! -e "${service}down" ] || { echo "$service is down" && return 1; }
    done
    [ "$how" ] && [ "$enable" ]
}

a_service_that_can_end_with_161_162_or_170_has_a_finish_that_takes_it_down() {
    seen=
    for run in "$services"/*/run; do
        grep -q -E 'exit (161|162|170)' "$run" || continue
        finish=${run%run}finish
        grep -q '^\. /lib/runit/finish-exec$' "$finish" || { echo "$run: no finish that ends so" && return 1; }
        seen=yes
    done
    [ "$seen" ]
}

every_logger_is_the_one_of_all_services() {
    for log in "$services"/*/log/run; do
        [ -L "$log" ] || [ -e "$log" ] || continue
        [ "$(readlink "$log")" = ../../svlogd/run ] || { echo "$log" && return 1; }
    done
}

shellcheck_has_nothing_to_say_of_the_services() {
    command -v shellcheck >/dev/null || { echo "no shellcheck: apt-get install shellcheck" && return 1; }
    # Files of the system, variables that invoke-run exports.
    # shellcheck disable=SC2046 # no blanks in their names
    shellcheck -s dash -e SC1008,SC1090,SC1091,SC2239 $(_scripts)
}

a_check_answers_for_its_own_process_only() {
    mkdir -p "$T/service/supervise"
    cd "$T/service"
    . /lib/runit/ready
    echo 17 >supervise/pid
    printf 17 >without-newline
    echo 18 >other
    wrote without-newline
    _not wrote other
    _not wrote nothing
    : >supervise/pid
    : >empty
    _not wrote empty
}

a_socket_that_nobody_serves_is_not_ready() {
    cd "$T"
    . /lib/runit/ready
    python3 -c '
import socket, time
a = socket.socket(socket.AF_UNIX); a.bind("'"$T"'/stream"); a.listen()
d = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); d.bind("'"$T"'/datagrams")
dead = socket.socket(socket.AF_UNIX); dead.bind("'"$T"'/dead"); dead.listen(); dead.close()
open("'"$T"'/ready", "w").close()
time.sleep(60)' &
    until [ -e ready ]; do sleep 0.05; done
    accepts "$T/stream"
    receives "$T/datagrams"
    _not accepts "$T/datagrams"
    _not accepts "$T/dead"
    _not receives "$T/dead"
    _not receives "$T/nothing"
    kill $!
}

a_check_reads_the_settings_that_the_run_script_was_given() {
    for dir in /usr/share/runit/sv.now/foo /etc/sv/foo /home/u/.runit/sv/foo; do
        mkdir -p "$dir"
        for have in none default 'default own' 'default own admin' 'own' 'admin' 'admin default'; do
            rm -f /etc/default/foo "$dir/conf" /etc/sv/foo/conf
            for one in $have; do
                case $one in
                    default) echo FROM=default >/etc/default/foo ;;
                    own) echo FROM=own >"$dir/conf" ;;
                    admin) mkdir -p /etc/sv/foo && echo FROM=admin >/etc/sv/foo/conf ;;
                esac
            done
            printf '#!/usr/bin/env /lib/runit/invoke-run\necho "from ${FROM-}"\n' >"$dir/run"
            printf '#!/bin/sh\n. /lib/runit/ready\nsettings\necho "from ${FROM-}"\n' >"$dir/check"
            chmod +x "$dir/run" "$dir/check"
            is "$dir: $have" "$(cd "$dir" && ./check)" "$(cd "$dir" && ./run)"
        done
    done
    ln -s /usr/share/runit/sv.now/foo /etc/service/foo
    is 'by its link' "$(cd /etc/service/foo && echo FROM=admin >/etc/sv/foo/conf && echo FROM=own >conf && ./check)" 'from admin'
    is packaged "$(cd /usr/share/runit/sv.now/foo && echo FROM=admin >/etc/sv/foo/conf && echo FROM=own >conf && ./check)" 'from admin'
}
