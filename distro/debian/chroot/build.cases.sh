# shellcheck shell=bash disable=SC2154 # variables of words.sh and check.sh
# Cases: the build itself. See check.sh.

the_same_tree_gives_the_same_packages() {
    release=$(cd "$TEST/root/srv/debs" && echo runit-rs_*.deb)
    release=${release##*+deb} release=${release%%_*}
    # Not those of target/deb: the tree may have changed since.
    for time in first second; do
        RUNIT_DEB_OUT=$TEST/$time "$here/build.sh" "$release"
    done
    for deb in "$TEST/first"/*.deb; do
        cmp "$deb" "$TEST/second/${deb##*/}"
    done
    [ "$(find "$TEST/second" -name '*.deb' | wc -l)" = 4 ]
}
