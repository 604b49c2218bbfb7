# shellcheck shell=bash disable=SC2154 # variables of words.sh and check.sh
# Cases: the build itself. See check.sh.

the_same_tree_gives_the_same_packages() {
    release=$(cd "$TEST/root/srv/debs" && echo runit-rs_*.deb)
    release=${release##*+deb} release=${release%%_*}
    RUNIT_DEB_OUT=$TEST/again "$here/build.sh" "$release"
    for deb in "$TEST/root/srv/debs"/*.deb; do
        cmp "$deb" "$TEST/again/${deb##*/}"
    done
}
