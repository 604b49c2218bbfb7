//! boot-duty: each word, in namespaces of its own. The C package has none, so ours is always under test. A root file system
//! on a disk is made writable in a virtual machine (`qemu-tests/tests/disk.rs`): here the root is not one to change.

mod common;
use common::*;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

/// Runs `script` in mounts and a network of its own, `$1` being boot-duty and the working directory that of the test.
fn apart(t: &Scratch, script: &str) -> Output {
    t.command("unshare")
        .args(["-mn", "sh", "-c", script, "sh"])
        .arg(program_of(Under::Ours, "boot-duty"))
        .run()
}

fn said(out: &Output) -> Vec<&str> {
    out.stdout.lines().collect()
}

#[test]
fn the_loopback_interface_comes_up_with_its_address() {
    let t = Scratch::new();
    let out = apart(
        &t,
        "cat /sys/class/net/lo/flags; $1 loopback && $1 loopback && cat /proc/net/fib_trie",
    );
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    // As it is outside: /sys shows the interfaces of whoever mounted it.
    assert!(out.stdout.contains("127.0.0.1"), "{}", out.stdout);
}

const TABLES: &str = "mount --bind run /run && mount --bind log /var/log && ";

#[test]
fn tables_of_logins_are_made_once_and_get_the_record_of_the_boot() {
    let t = Scratch::new();
    t.mkdir("run");
    t.mkdir("log");
    let groups = "root:x:0:\nutmp:x:4321:\n";
    fs::write(t.path("group"), groups).expect("groups");
    let script =
        format!("{TABLES} mount --bind group /etc/group && umask 077 && $1 utmp && $1 utmp");
    let out = apart(&t, &script);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    for (table, records) in [("run/utmp", 1), ("log/wtmp", 2)] {
        let about = fs::metadata(t.path(table)).expect(table);
        assert_eq!(about.permissions().mode() & 0o777, 0o664, "{table}");
        assert_eq!(about.gid(), 4321, "{table}");
        assert_eq!(about.len(), 384 * records, "{table}");
    }
    // The same record as halt's: type 2, of `reboot`.
    let record = fs::read(t.path("run/utmp")).expect("utmp");
    assert_eq!((record[0], &record[44..50]), (2, &b"reboot"[..]));
}

#[test]
fn tables_that_cannot_be_are_no_fault_and_one_that_is_there_keeps_its_owner() {
    let t = Scratch::new();
    t.mkdir("run");
    t.mkdir("log");
    fs::write(t.path("run/utmp"), "").expect("utmp");
    fs::set_permissions(t.path("run/utmp"), fs::Permissions::from_mode(0o600)).expect("mode");
    let script = format!("{TABLES} mount -o remount,bind,ro /var/log && $1 utmp");
    let out = apart(&t, &script);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    let about = fs::metadata(t.path("run/utmp")).expect("utmp");
    assert_eq!((about.mode() & 0o777, about.len()), (0o600, 384));
    assert!(!t.path("log/wtmp").exists());
}

#[test]
fn the_kernels_log_is_what_dmesg_prints_and_the_last_one_stays() {
    let t = Scratch::new();
    fs::write(t.path("log"), "before").expect("a file");
    let out = apart(&t, "$1 dmesg log && dmesg -S >wanted");
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    let read = |name: &str| fs::read(t.path(name)).expect(name);
    assert_eq!(read("log.old"), b"before");
    // A kernel may say more at any time, and forget what it said first.
    let (ours, theirs) = (read("log"), read("wanted"));
    let tail = &ours[ours.len().saturating_sub(10_000)..];
    assert!(!tail.is_empty() && theirs.windows(tail.len()).any(|part| part == tail));
    let mode = fs::metadata(t.path("log")).expect("log").mode() & 0o777;
    let restricted = fs::read("/proc/sys/kernel/dmesg_restrict").expect("/proc");
    let wanted = if restricted == b"0\n" { 0o644 } else { 0o600 };
    assert_eq!(mode, wanted);
}

#[test]
fn a_log_that_cannot_be_written_is_named_and_on_a_read_only_disk_not_missed() {
    let t = Scratch::new();
    let out = apart(&t, "$1 dmesg none/log");
    let why = "boot-duty: fatal: unable to write none/log: file does not exist\n";
    assert_eq!(out, Output::failed(111, why));
    t.mkdir("ro");
    let out = apart(&t, "mount -t tmpfs -o ro none ro && $1 dmesg ro/log");
    let why = "boot-duty: info: not kept on a read-only file system: ro/log\n";
    assert_eq!((out.code, out.stderr.as_str()), (0, why));
}

/// A root with the programs of this machine and nothing mounted yet.
const ROOT: &str = "set -e
    mount -t tmpfs none root
    for dir in usr bin sbin lib lib64; do
        [ -d /$dir ] || continue
        mkdir root/$dir
        mount --rbind /$dir root/$dir
    done
    mkdir root/etc root/proc root/dev root/sys root/run root/tmp
    cp -P \"$STAGES\"/pseudofs.fstab \"$STAGES\"/dev/* root/etc/
    mkdir root/etc/dev && mv root/etc/fd root/etc/std* root/etc/dev/
    # There is only one devtmpfs, and it is the machine's.
    sed -i s/devtmpfs/tmpfs/ root/etc/pseudofs.fstab
    true >root/duty && mount --bind \"$1\" root/duty
    exec unshare -p --fork chroot root sh -c \"$SCRIPT\"";

fn in_a_bare_root(t: &Scratch, script: &str) -> Output {
    let stages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stages");
    t.mkdir("root");
    t.command("unshare")
        .args(["-mn", "sh", "-c", ROOT, "sh"])
        .arg(program_of(Under::Ours, "boot-duty"))
        .env("SCRIPT", script)
        .env("STAGES", stages.to_str().expect("path"))
        .run()
}

#[test]
fn the_table_of_stage_1_is_mounted_with_links_and_directories_and_never_twice() {
    let t = Scratch::new();
    let script = "all='/duty mounts /etc/pseudofs.fstab /etc/dev /run/one/two /run/three'
        /duty proc /proc && /duty proc /proc && $all || echo failed
        grep -v -e ' /usr' -e ' /bin' -e ' /sbin' -e ' /lib' -e ' /duty' -e ' / ' /proc/self/mounts |
            while read -r device dir kind rest; do echo $device $dir $kind $rest; done
        before=$(wc -l </proc/self/mounts)
        $all || echo failed again
        [ $before = $(wc -l </proc/self/mounts) ] && echo as before
        for link in fd stdin stdout stderr; do readlink /dev/$link; done
        ls -d /run/one/two; ls -d /run/three
        ls /dev/pts/ptmx";
    let out = in_a_bare_root(&t, script);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    let lines = said(&out);
    let mounted: Vec<&str> = lines
        .iter()
        .take_while(|line| **line != "as before")
        .map(|line| line.split(' ').nth(1).expect("a directory"))
        .collect();
    let wanted = "/proc /sys /run /dev /dev/pts /dev/shm /run/lock /sys/fs/cgroup";
    assert_eq!(mounted.join(" "), wanted);
    let options = |dir: &str| {
        let line = lines.iter().find(|line| line.contains(&format!(" {dir} ")));
        line.expect(dir)
            .split(' ')
            .nth(3)
            .expect("options")
            .to_owned()
    };
    assert_eq!(options("/proc"), "rw,nosuid,nodev,noexec,relatime");
    assert!(
        options("/run").starts_with("rw,nosuid,nodev,"),
        "{}",
        options("/run")
    );
    assert!(options("/dev/pts").contains("gid=5,mode=620,ptmxmode=666"));
    assert!(options("/run/lock").contains("size=5120k"));
    let wanted = "as before /proc/self/fd fd/0 fd/1 fd/2 /run/one/two /run/three /dev/pts/ptmx";
    assert_eq!(lines[mounted.len()..].join(" "), wanted);
}

#[test]
fn nothing_is_mounted_over_what_is_there_and_a_line_that_fails_keeps_no_other_from_its_place() {
    let t = Scratch::new();
    let script = "mount -n -t tmpfs mine /run && true >/run/mine && mount -n --bind /tmp /dev && true >/dev/fd
        printf '%s\\n' '# nothing' 'x /none tmpfs mode=0755' 'x /sys nosuchfs' 'x /tmp tmpfs users' \
            'run /run tmpfs' 'dev /dev tmpfs' 'proc /proc proc ro,X-mount.mkdir' >/etc/table
        /duty mounts /etc/table /etc/dev /run/new /duty/no; echo $?
        ls /run /dev
        while read -r _ dir _ options _; do [ $dir != /proc ] || echo $options; done </proc/self/mounts";
    let out = in_a_bare_root(&t, script);
    let failed = "boot-duty: warning: unable to mount /none: file does not exist
boot-duty: warning: unable to mount /sys: device does not support operation
boot-duty: warning: unable to mount /tmp: invalid argument
boot-duty: warning: unable to make /duty/no: not a directory
";
    assert_eq!(out.stderr, failed);
    let wanted = "1 /dev: fd stderr stdin stdout  /run: mine new ro,relatime";
    assert_eq!(said(&out).join(" "), wanted);
}

#[test]
fn a_root_that_is_not_plain_is_left_to_mount() {
    let t = Scratch::new();
    let script = "/duty proc /proc; /duty remount-root rw,nodev; echo $?
        read -r _ _ _ options _ </proc/self/mounts; echo $options";
    let out = in_a_bare_root(&t, script);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    let lines = said(&out);
    assert_eq!(lines[0], "3");
    assert!(!lines[1].contains("nodev"), "{}", lines[1]);
}

#[test]
fn wrong_words_are_answered_with_the_usage() {
    let t = Scratch::new();
    for args in [
        &[][..],
        &["-x"],
        &["other"],
        &["loopback", "x"],
        &["dmesg"],
        &["mounts"],
        &["remount-root", "a", "b"],
    ] {
        let out = t
            .command(program_of(Under::Ours, "boot-duty"))
            .args(args)
            .run();
        assert_eq!(out.code, 100, "{args:?}");
        assert!(
            out.stderr.contains("usage: boot-duty proc dir | "),
            "{}",
            out.stderr
        );
    }
    let out = t
        .command(program_of(Under::Ours, "boot-duty"))
        .args(["mounts", "none"])
        .run();
    let why = "boot-duty: fatal: unable to read none: file does not exist\n";
    assert_eq!(out, Output::failed(1, why));
}
