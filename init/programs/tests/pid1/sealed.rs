//! A build that aborts on any allocation after set-up, and crashes on order: nothing that process 1
//! does allocates, and whatever kind of crash it is, it is survived.

use crate::common::*;
use crate::machine::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const ALLOCATED: &str = "heap-seal: allocation after set-up\n";
const CRASHED: &str = "- runit: warning: process 1 crashed";

/// `runit` with the features `heap-seal` and `crash-test`, built into a directory of its own.
fn sealed() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("seal");
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--package", "runit", "--bin", "runit"])
            .args(["--features", "heap-seal,crash-test", "--target-dir"])
            .arg(&target);
        let out = forking(|| cargo.spawn().and_then(|child| child.wait_with_output()));
        let out = out.expect("cargo runs");
        assert!(out.status.success(), "the sealed build: {out:?}");
        target.join("debug/runit")
    })
}

fn plan() -> Option<Plan> {
    ours("runit-survives-its-crashes").then(|| Plan::new().with_runit(sealed()))
}

#[test]
fn from_boot_to_the_end_nothing_is_allocated() {
    let Some(plan) = plan() else { return };
    let m = plan
        .stage(1, "kill -CONT 1; exit 3")
        .stage(2, "echo $$ >>/t/two\ntrap '' TERM ALRM\n[ -e /t/again ] || { touch /t/again; exit 111; }\nwhile :; do sleep 1; done")
        .script("etc/runit/ctrlaltdel", "kill -KILL $$")
        .script("etc/runit/pwrfail", "exit 3")
        .boot();
    m.wait_stage_2(2);
    // Requests, orphans, a crash, upgrades good and bad, and the way down.
    m.inside("i=0; while [ $i -lt 100 ]; do (: &); i=$((i+1)); done; kill -ALRM 1; kill -INT 1; kill -PWR 1");
    m.wait_console("leave stage: /etc/runit/ctrlaltdel\n");
    m.wait_console("leave stage: /etc/runit/pwrfail\n");
    m.signal("SEGV");
    m.wait_console(CRASHED);
    m.signal("HUP");
    m.wait_console("- runit: now runit-rs ");
    m.install_copy("runit", Path::new("/bin/true"));
    m.signal("HUP");
    m.wait_console("does not start (exit code 0)");
    m.stop();
    let (code, console) = m.end();
    assert!(
        console.contains("stage 2 not terminated, sending sigkill...\n"),
        "{console}"
    );
    assert!(!console.contains(ALLOCATED), "{console}");
    assert_eq!(console.matches(CRASHED).count(), 1, "{console}");
    assert_eq!(code, POWER_OFF);
}

#[test]
fn the_seal_notices_an_allocation() {
    let Some(plan) = plan() else { return };
    let m = plan.boot();
    m.wait_stage_2(1);
    m.signal("QUIT");
    m.wait_console(&format!(
        "{ALLOCATED}{CRASHED} (signal 6), going on with stage 2"
    ));
}

#[test]
fn a_panic_and_an_exhausted_stack_are_survived() {
    for (order, signal) in [("USR1", 6), ("USR2", 11)] {
        let Some(plan) = plan() else { return };
        let m = plan.boot();
        let two = m.wait_stage_2(1);
        for count in 1..=2 {
            m.signal(order);
            let said = format!("{CRASHED} (signal {signal}), going on with stage 2, pid {two}.\n");
            wait_until("it starts anew", || {
                m.console().matches(&said).count() == count
            });
        }
        m.stop();
        assert_eq!((m.end().0, m.lines("t/two").len()), (POWER_OFF, 1));
    }
}
