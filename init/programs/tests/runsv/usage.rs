//! Arguments, refusals at start, and exit codes.

use crate::common::*;

#[test]
fn without_or_with_too_many_arguments_it_prints_its_usage_and_exits_1() {
    let t = Scratch::new();
    for args in [&[][..], &["a", "b"][..]] {
        let path = program_path("runsv");
        let out = t.program("runsv").args(args).run();
        let usage = format!("usage: {} dir\n\n", path.display());
        assert_eq!(
            (out.code, out.stderr, out.stdout),
            (1, usage, String::new())
        );
    }
}

#[test]
fn a_second_instance_is_refused_with_111() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    s.wait_stat("run");
    let out = s.runsv().run();
    let why = format!(
        "runsv {}: fatal: unable to lock supervise/lock: temporary failure\n",
        s.dir().display()
    );
    assert_eq!((out.code, out.stderr), (111, why));
    assert_eq!(s.stat(), "run");
}

#[test]
fn a_killed_service_comes_back() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    let first = s.wait_started(1);
    procs::kill(first, "KILL");
    let second = s.wait_started(2);
    assert_ne!(first, second);
}
