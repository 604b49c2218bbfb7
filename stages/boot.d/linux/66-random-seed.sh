#!/bin/sh
# Feeds the kernel's random pool with the seed saved at the last shutdown. The seed is replaced before any
# service runs, so that it is never used twice.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
if have seedrng; then
    # Where the old seed cannot be removed it must not count.
    [ -w /var/lib ] || skip "read-only"
    export SEEDRNG_SKIP_CREDIT
    [ "${SEEDRNG_SKIP_CREDIT-}" ] || unset SEEDRNG_SKIP_CREDIT
    seedrng
    exit
fi
: "${RANDOM_SEED:=/var/lib/runit/random-seed}"
if [ -s "$RANDOM_SEED" ]; then
    cat "$RANDOM_SEED" >/dev/urandom || exit 1
fi
root_is_readonly && skip "read-only root"
umask 077
[ -d "${RANDOM_SEED%/*}" ] || mkdir -p "${RANDOM_SEED%/*}" || exit 1
dd if=/dev/urandom of="$RANDOM_SEED" bs=512 count=1 2>/dev/null
