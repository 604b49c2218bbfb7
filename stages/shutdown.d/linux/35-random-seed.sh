#!/bin/sh
# A seed for the random pool of the next boot.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
if have seedrng; then
    # Where the old seed cannot be removed it must not count.
    [ -w /var/lib ] || skip "read-only"
    export SEEDRNG_SKIP_CREDIT
    [ "${SEEDRNG_SKIP_CREDIT-}" ] || unset SEEDRNG_SKIP_CREDIT
    seedrng >/dev/null
    exit
fi
: "${RANDOM_SEED:=/var/lib/runit/random-seed}"
[ -d "${RANDOM_SEED%/*}" ] || skip "no ${RANDOM_SEED%/*}"
umask 077
dd if=/dev/urandom of="$RANDOM_SEED" bs=512 count=1 2>/dev/null
