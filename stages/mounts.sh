# shellcheck shell=sh
# fstab and the table of what is mounted, for the duties; read by lib.sh. It decides what a line there means
# (network, nofail, escaped names) and must never mount or unmount anything itself.

# Option $1 among the comma-separated $2?
has_option() {
    case ",$2," in *",$1,"*) return 0 ;; esac
    return 1
}

# A file system of type $1 with options $2 that needs the network.
is_network() {
    case $1 in
        nfs | nfs4 | cifs | smb3 | smbfs | afs | ceph | davfs | glusterfs | lustre | fuse.sshfs | fuse.glusterfs | fuse.ceph) return 0 ;;
    esac
    has_option _netdev "$2"
}

# Is there an interface up besides the loopback one?
network_is_up() {
    for state in /sys/class/net/*/operstate; do
        case $state in */lo/*) continue ;; esac
        { read -r state <"$state"; } 2>/dev/null
        [ "$state" != up ] || return 0
    done
    return 1
}

# Calls function $1 for each line of the table $2 (fstab, /proc/mounts): M_DEVICE M_DIR M_TYPE M_OPTIONS M_PASS.
each_mount() {
    [ -r "$2" ] || return 0
    while read -r M_DEVICE M_DIR M_TYPE M_OPTIONS _ M_PASS _ <&3; do
        case $M_DEVICE in '' | '#'*) continue ;; esac
        "$1" 3<&-
    done 3<"$2"
}

# PLAIN = $1 with fstab's \040 and the like written out.
plain() {
    PLAIN=$1
    case $1 in *\\*) PLAIN=$(printf '%b' "$(printf %s "$1" | sed 's/\\/\\0/g')") ;; esac
}

# Is something mounted on $1 (as /proc/mounts spells it)? MOUNTED_TYPE and MOUNTED_OPTIONS of the last one.
# (It may be asked inside each_mount, whose names it leaves alone.)
is_mounted() {
    MOUNTED_TYPE= MOUNTED_OPTIONS=
    while read -r _ mount_dir mount_type mount_options _ <&4; do
        [ "$mount_dir" != "$1" ] || MOUNTED_TYPE=$mount_type MOUNTED_OPTIONS=$mount_options
    done 4<"$PROC/self/mounts"
    [ "$MOUNTED_TYPE" ]
}

# (`test -w` does not tell: busybox's says yes to root.)
root_is_readonly() { is_mounted / && has_option ro "$MOUNTED_OPTIONS"; }
