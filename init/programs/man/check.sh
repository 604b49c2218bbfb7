#!/bin/sh
# check.sh: reads every manual page with mandoc and with groff, and fails at the first that either of them
# warns about. A page that is only another name (.so) is checked to lead somewhere.
set -eu
cd "$(dirname "$0")"
for tool in mandoc groff; do
    command -v "$tool" >/dev/null || { echo "check.sh: no $tool here: make deps installs it" >&2 && exit 1; }
done
for page in *.[0-9] ../../../distro/debian/man/*.8; do
    if read -r so target <"$page" && [ "$so" = .so ]; then
        [ -e "${target#man8/}" ] || { echo "$page leads to $target, which is not there" >&2 && exit 1; }
        continue
    fi
    mandoc -T lint -W warning "$page"
    complaints=$(groff -mandoc -Tutf8 -ww -z "$page" 2>&1)
    [ -z "$complaints" ] || { echo "$complaints" >&2 && exit 1; }
done
echo "manual pages: no warnings from mandoc and groff"
