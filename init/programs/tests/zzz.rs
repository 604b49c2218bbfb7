//! zzz and ZZZ, with directories of the test in the place of /sys and /etc. Needs root.

mod common;
use common::*;
use std::fs;
use std::path::PathBuf;

/// A machine that can sleep in the ways that its two files say.
struct Sleeper {
    t: Scratch,
    sys: ServiceDir,
    etc: ServiceDir,
}

const HOOK: &str =
    "#!/bin/sh\necho \"${0#/etc/zzz.d/} $ZZZ_MODE $ZZZ_HIBERNATE_MODE\" >>/etc/ran\n";

fn sleeper(state: &str, disk: &str) -> Option<Sleeper> {
    if !ours("zzz") {
        return None;
    }
    let t = Scratch::new();
    let sys = t
        .service("sys")
        .file("power/state", state)
        .file("power/disk", disk);
    let mut etc = t.service("etc");
    for dir in ["suspend", "resume"] {
        for name in ["20-b", "10-a"] {
            etc = etc.script(
                &format!("zzz.d/{dir}/{name}"),
                HOOK.trim_start_matches("#!/bin/sh\n"),
            );
        }
        etc = etc.file(&format!("zzz.d/{dir}/15-not-executable"), HOOK);
    }
    Some(Sleeper { t, sys, etc })
}

impl Sleeper {
    fn prog(&self, name: &str, args: &[&str]) -> Prog {
        let line = "mount --bind sys /sys && mount --bind etc /etc && ln -sf \"$1\" /etc/\"$0\" && name=$0 && shift && exec /etc/\"$name\" \"$@\"";
        self.t
            .command("unshare")
            .args(["-m", "sh", "-c", line, name])
            .arg(program_path("zzz"))
            .args(args)
    }

    fn run(&self, name: &str, args: &[&str]) -> Output {
        self.prog(name, args).run()
    }

    fn state(&self) -> String {
        fs::read_to_string(self.sys.path("power/state")).expect("state")
    }

    fn disk(&self) -> String {
        fs::read_to_string(self.sys.path("power/disk")).expect("disk")
    }

    fn ran(&self) -> Vec<String> {
        let path: PathBuf = self.etc.path("ran");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        text.lines().map(str::to_string).collect()
    }
}

const ALL: &str = "freeze standby mem disk\n";
const DISKS: &str = "[platform] shutdown reboot suspend test_resume\n";

#[test]
fn each_way_to_sleep_has_its_words_and_its_hooks() {
    for (name, args, state, disk, mode) in [
        ("zzz", &[][..], "mem", None, "suspend "),
        ("ZZZ", &[], "disk", Some("platform"), "hibernate platform"),
        ("zzz", &["-S"], "freeze", None, "standby "),
        ("ZZZ", &["-z"], "mem", None, "suspend "),
        (
            "zzz",
            &["-Z"],
            "disk",
            Some("platform"),
            "hibernate platform",
        ),
        ("zzz", &["-R"], "disk", Some("reboot"), "hibernate reboot"),
        ("zzz", &["-H"], "disk", Some("suspend"), "hibernate suspend"),
    ] {
        let Some(s) = sleeper(ALL, DISKS) else { return };
        let out = s.run(name, args);
        assert_eq!((out.code, &out.stderr[..]), (0, ""), "{name} {args:?}");
        // These files keep what is behind the word; the kernel's do not.
        assert!(s.state().starts_with(state), "{}", s.state());
        match disk {
            Some(word) => assert!(s.disk().starts_with(word), "{}", s.disk()),
            None => assert_eq!(s.disk(), DISKS),
        }
        let hooks = ["suspend/10-a", "suspend/20-b", "resume/10-a", "resume/20-b"];
        let expected = hooks.map(|hook| format!("{hook} {mode}"));
        assert_eq!(s.ran(), expected, "{name} {args:?}");
    }
}

#[test]
fn without_the_firmwares_help_it_hibernates_all_the_same() {
    let Some(s) = sleeper(ALL, "[shutdown] reboot\n") else {
        return;
    };
    assert_eq!(s.run("ZZZ", &[]).code, 0);
    assert!(s.disk().starts_with("shutdown"));
}

#[test]
fn what_the_machine_does_not_offer_it_refuses_before_any_hook() {
    for (state, disk, args, why) in [
        (
            "freeze disk\n",
            DISKS,
            &[][..],
            "zzz: fatal: this machine does not offer 'mem'\n",
        ),
        (
            "mem\n",
            DISKS,
            &["-S"],
            "zzz: fatal: this machine does not offer 'freeze'\n",
        ),
        (
            "mem disk\n",
            "[disabled]\n",
            &["-Z"],
            "zzz: fatal: this machine does not offer 'platform'\n",
        ),
    ] {
        let Some(s) = sleeper(state, disk) else {
            return;
        };
        let out = s.run("zzz", args);
        assert_eq!((out.code, &out.stderr[..]), (111, why));
        assert_eq!(s.ran(), [""; 0]);
        assert_eq!(s.state(), state);
    }
}

#[test]
fn the_hooks_of_the_way_back_run_whatever_happened() {
    let Some(s) = sleeper(ALL, DISKS) else { return };
    // A disk that cannot be written to.
    let line = "mount --bind sys /sys && mount --bind etc /etc && mount --bind -o ro /sys/power/disk /sys/power/disk && \
                exec \"$@\"";
    let program = program_path("zzz");
    let out =
        s.t.command("unshare")
            .args(["-m", "sh", "-c", line, "sh"])
            .arg(&program)
            .arg("-Z")
            .run();
    assert_eq!(out.code, 111, "{out:?}");
    assert!(
        out.stderr.contains("unable to write /sys/power/disk"),
        "{out:?}"
    );
    assert_eq!(s.ran().len(), 4);
    assert_eq!(s.state(), ALL);
    // A hook that fails is named, and keeps nobody awake.
    fs::write(s.etc.path("zzz.d/suspend/20-b"), "#!/bin/sh\nexit 3\n").expect("hook");
    let out = s.run("zzz", &[]);
    let why = "zzz: warning: /etc/zzz.d/suspend/20-b: failed\n";
    assert_eq!((out.code, &out.stderr[..]), (0, why));
    assert_eq!(s.ran().len(), 3);
    assert!(s.state().starts_with("mem"));
}

#[test]
fn a_terminal_that_is_gone_does_not_keep_the_way_back_from_its_hooks() {
    let Some(s) = sleeper(ALL, DISKS) else { return };
    let hook = "#!/bin/sh\necho $PPID >/etc/pid\nread x </etc/go\n";
    fs::write(s.etc.path("zzz.d/suspend/20-b"), hook).expect("hook");
    let fifo = s.etc.path("go");
    assert!(s.t.command("mkfifo").arg(&fifo).run().code == 0);
    let mut daemon = s.prog("zzz", &[]).spawn();
    let pid = wait_for("the hook runs", || {
        fs::read_to_string(s.etc.path("pid"))
            .ok()?
            .trim()
            .parse::<u32>()
            .ok()
    });
    // While it waits for the hook somebody hangs up, and another one wants to sleep as well.
    assert!(
        s.t.command("kill")
            .args(["-HUP", &pid.to_string()])
            .run()
            .code
            == 0
    );
    fs::write(&fifo, "go\n").expect("go");
    assert_eq!(daemon.wait(), 0);
    assert_eq!(
        s.ran().last().map(String::as_str),
        Some("resume/20-b suspend ")
    );
}

#[test]
fn one_sleeps_at_a_time() {
    let Some(s) = sleeper(ALL, DISKS) else { return };
    let hook = "#!/bin/sh\n[ -e /etc/again ] && exit 0; true >/etc/again\n/etc/zzz 2>/etc/said; echo $? >>/etc/said\n";
    fs::write(s.etc.path("zzz.d/suspend/10-a"), hook).expect("hook");
    assert_eq!(s.run("zzz", &[]).code, 0);
    let said = fs::read_to_string(s.etc.path("said")).expect("said");
    assert_eq!(said, "zzz: fatal: somebody else does it already\n111\n");
}

#[test]
fn bad_usage_is_1() {
    let t = Scratch::new();
    if !ours("zzz") {
        return;
    }
    for (args, first) in [(&["-x"][..], "zzz: illegal option -- x\n"), (&["now"], "")] {
        let out = t.program("zzz").args(args).run();
        assert_eq!(out.code, 1);
        assert_eq!(out.stderr, format!("{first}usage: zzz [-nSzZRH]\n\n"));
    }
}
