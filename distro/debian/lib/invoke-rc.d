#!/bin/sh
# invoke-rc.d [OPTION...] NAME ACTION [ARG...]: as invoke-rc.d(8), which is kept as invoke-rc.d.distrib, for scripts
# that do not read /lib/lsb/init-functions and would start a daemon beside its service. policy-rc.d decides first,
# as ever. What is not a service is handed on untouched.
original=${RUNIT_INVOKE_RC_D:-/usr/sbin/invoke-rc.d.distrib}
force= quiet= disclose= query=
script= action=
for word; do
    case $word in
        --force) force=yes ;;
        --quiet) quiet=yes ;;
        --disclose-deny) disclose=yes ;;
        --query) query=yes disclose=yes ;;
        -*) ;;
        *) if [ -z "$script" ]; then script=$word; elif [ -z "$action" ]; then action=$word; fi ;;
    esac
done
. /usr/lib/runit/sysv-service.sh
[ "$action" ] && runit_is_init || exec "$original" "$@"
denied() {
    [ "$quiet" ] || echo "invoke-rc.d: $1 of $script denied" >&2
    [ -z "$disclose" ] || exit 101
    exit 0
}
if runit_blocked "$script"; then denied "$action (override-sysv.d)"; fi
runit_service "$script" || exec "$original" "$@"
case $action in start | stop | restart | reload | try-restart | force-reload | force-stop | force-restart | status) ;; *) exec "$original" "$@" ;; esac
if [ -z "$force" ] && [ -x /usr/sbin/policy-rc.d ]; then
    answer=0
    /usr/sbin/policy-rc.d ${quiet:+--quiet} "$script" "$action" 2 || answer=$?
    case $answer in
        0 | 1 | 104) ;;
        101) denied "$action" ;;
        # with something else to be done instead, or a mistake: its business
        *) exec "$original" "$@" ;;
    esac
fi
[ -z "$query" ] || exit 104
runit_act "$action"
code=$?
[ $code != 104 ] || exec "$original" "$@"
exit $code
