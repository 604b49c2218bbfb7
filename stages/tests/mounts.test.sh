# shellcheck shell=sh
# fstab and the table of mounts, and what kind of machine this is.

_tables() {
    mkdir -p "$T/proc/self"
    RUNIT_PROC=$T/proc
    export RUNIT_PROC
    cat >"$T/fstab" <<'F'
# a comment
/dev/a / ext4 defaults 0 1

	/dev/b	/data\040one	ext4	nofail,noatime	0	2
server:/x /net nfs rw 0 0
/dev/c /lan ext4 rw,_netdev 0 0
/dev/d none swap sw 0 0
F
    cat >"$T/proc/self/mounts" <<'M'
rootfs / rootfs rw 0 0
/dev/a / ext4 ro,relatime 0 0
tmpfs /run tmpfs rw,nosuid 0 0
M
}

fstab_is_read_field_by_field() {
    _tables
    lib >"$T/out" <<'C'
line() { printf '%s\n' "$M_DEVICE|$M_DIR|$M_TYPE|$M_OPTIONS|$M_PASS"; }
each_mount line "$FSTAB"
each_mount line /nonexistent
C
    is lines "$(wc -l <"$T/out")" 5
    says '/dev/b|/data\040one|ext4|nofail,noatime|2'
    says '/dev/d|none|swap|sw|0'
}

a_name_with_a_space_is_written_out() {
    lib >"$T/out" <<'C'
plain '/data\040one\134two\011x'
printf '%s\n' "$PLAIN"
plain /plain
echo "$PLAIN"
C
    says "$(printf '/data one\\two\tx')"
    says /plain
}

the_last_mount_on_a_directory_counts() {
    _tables
    lib >"$T/out" <<'C'
is_mounted / && echo "$MOUNTED_TYPE $MOUNTED_OPTIONS"
is_mounted /ru || echo none
root_is_readonly && echo readonly
line() { is_mounted /run && echo "$M_DIR still"; }
each_mount line "$FSTAB"
C
    says 'ext4 ro,relatime'
    says none
    says readonly
    says '/lan still'
}

network_file_systems_are_known_by_type_or_option() {
    _tables
    lib >"$T/out" <<'C'
line() { ! is_network "$M_TYPE" "$M_OPTIONS" || echo "$M_DIR"; }
each_mount line "$FSTAB"
C
    is network "$(tr '\n' ' ' <"$T/out")" '/net /lan '
}

a_machine_is_told_from_a_container() {
    mkdir -p "$T/proc/2"
    RUNIT_PROC=$T/proc
    export RUNIT_PROC
    unset container
    echo '1.00 1.00' >"$T/proc/uptime"
    echo kthreadd >"$T/proc/2/comm"
    echo 'in_container && echo yes || echo no' | lib >"$T/out"
    is machine "$(cat "$T/out")" no
    true >"$T/.dockerenv"
    echo 'in_container && echo yes || echo no' | lib >"$T/out"
    is docker "$(cat "$T/out")" yes
    rm -r "$T/proc/2" "$T/.dockerenv"
    echo 'in_container && echo yes || echo no' | lib >"$T/out"
    is namespace "$(cat "$T/out")" yes
    mkdir -p "$T/proc/2"
    echo kthreadd >"$T/proc/2/comm"
    container=lxc
    export container
    echo 'in_container && echo yes || echo no' | lib >"$T/out"
    is lxc "$(cat "$T/out")" yes
}
