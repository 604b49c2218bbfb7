//! The three stages: order, messages, what each is given, and what its end means.

use crate::common::*;
use crate::machine::*;

#[test]
fn elsewhere_it_refuses_with_111() {
    let t = Scratch::new();
    for args in [&[][..], &["2", "single"][..]] {
        let out = t.program("runit").args(args).run();
        let why = "- runit: fatal: must be run as process no 1.\n".to_string();
        assert_eq!(
            (out.code, out.stderr, out.stdout),
            (111, why, String::new())
        );
    }
}

#[test]
fn three_stages_run_in_order_and_then_the_power_goes_off() {
    let m = Plan::new()
        .stage(1, "echo one")
        .stage(2, "echo two")
        .stage(3, "echo three")
        .boot();
    let (code, console) = m.end();
    assert_eq!(
        after_boot(&console),
        "- runit: enter stage: /etc/runit/1\n\
         one\n\
         - runit: leave stage: /etc/runit/1\n\
         - runit: enter stage: /etc/runit/2\n\
         two\n\
         - runit: leave stage: /etc/runit/2\n\
         - runit: enter stage: /etc/runit/3\n\
         three\n\
         - runit: leave stage: /etc/runit/3\n\
         - runit: sending KILL signal to all processes...\n\
         - runit: power off...\n"
    );
    assert_eq!(code, POWER_OFF);
}

#[test]
fn exit_100_of_stage_1_skips_stage_2() {
    let m = Plan::new().stage(1, "exit 100").boot();
    let (code, console) = m.end();
    assert!(
        after_boot(&console).starts_with(
            "- runit: enter stage: /etc/runit/1\n\
             - runit: warning: child failed: /etc/runit/1\n\
             - runit: leave stage: /etc/runit/1\n\
             - runit: warning: skipping stage 2...\n\
             - runit: enter stage: /etc/runit/3\n"
        ),
        "{console}"
    );
    assert_eq!(code, POWER_OFF);
}

#[test]
fn a_crash_of_stage_1_skips_stage_2() {
    let m = Plan::new().stage(1, "kill -SEGV $$").boot();
    let (_, console) = m.end();
    assert!(
        after_boot(&console).starts_with(
            "- runit: enter stage: /etc/runit/1\n\
             - runit: warning: child crashed: /etc/runit/1\n\
             - runit: leave stage: /etc/runit/1\n\
             - runit: warning: skipping stage 2...\n\
             - runit: enter stage: /etc/runit/3\n"
        ),
        "{console}"
    );
}

#[test]
fn any_other_code_of_stage_1_is_only_a_warning() {
    let m = Plan::new().stage(1, "exit 3").stage(2, "exit 4").boot();
    let (_, console) = m.end();
    assert!(
        after_boot(&console).starts_with(
            "- runit: enter stage: /etc/runit/1\n\
             - runit: warning: child failed: /etc/runit/1\n\
             - runit: leave stage: /etc/runit/1\n\
             - runit: enter stage: /etc/runit/2\n\
             - runit: warning: child failed: /etc/runit/2\n\
             - runit: leave stage: /etc/runit/2\n\
             - runit: enter stage: /etc/runit/3\n"
        ),
        "{console}"
    );
}

/// Ends so at first, with a process left in its group; stops the second time.
fn again(how: &str) -> String {
    format!(
        "echo $$ >>/t/two\n[ -e /t/left ] && {{ kill -0 $(cat /t/left) && echo alive; exit 0; }}\n\
         sleep 1000 & echo $! >/t/left\n{how}"
    )
}

#[test]
fn exit_111_of_stage_2_kills_its_group_and_starts_it_again() {
    let m = Plan::new().stage(2, &again("exit 111")).boot();
    let (_, console) = m.end();
    assert!(
        after_boot(&console).contains(
            "- runit: enter stage: /etc/runit/2\n\
             - runit: warning: child failed: /etc/runit/2\n\
             - runit: warning: killing all processes in stage 2...\n\
             - runit: warning: restarting.\n\
             - runit: enter stage: /etc/runit/2\n"
        ),
        "{console}"
    );
    assert!(!console.contains("alive"), "{console}");
    assert_eq!(m.lines("t/two").len(), 2);
}

#[test]
fn a_killed_stage_2_is_started_again() {
    let m = Plan::new().stage(2, &again("kill -KILL $$")).boot();
    let (_, console) = m.end();
    assert!(
        after_boot(&console).contains(
            "- runit: enter stage: /etc/runit/2\n\
             - runit: warning: child crashed: /etc/runit/2\n\
             - runit: warning: killing all processes in stage 2...\n\
             - runit: warning: restarting.\n\
             - runit: enter stage: /etc/runit/2\n"
        ),
        "{console}"
    );
    assert!(!console.contains("alive"), "{console}");
}

#[test]
fn stage_3_may_end_as_it_likes() {
    for (how, said) in [("exit 5", "failed"), ("kill -KILL $$", "crashed")] {
        let m = Plan::new().stage(2, "").stage(3, how).boot();
        let (code, console) = m.end();
        let tail = format!(
            "- runit: warning: child {said}: /etc/runit/3\n\
             - runit: leave stage: /etc/runit/3\n\
             - runit: sending KILL signal to all processes...\n\
             - runit: power off...\n"
        );
        assert!(console.ends_with(&tail), "{console}");
        assert_eq!(code, POWER_OFF);
    }
}

#[test]
fn stages_that_cannot_be_executed_are_named_and_passed_over() {
    type Case = (&'static str, fn(Plan, &str) -> Plan);
    let cases: [Case; 3] = [
        ("file does not exist", |plan, path| plan.without(path)),
        ("access denied", |plan, path| {
            plan.file(path, "#!/bin/sh\n", 0o644)
        }),
        ("exec format error", |plan, path| {
            plan.file(path, "echo not a program\n", 0o755)
        }),
    ];
    for (reason, spoil) in cases {
        let plan = ["etc/runit/1", "etc/runit/2", "etc/runit/3"]
            .into_iter()
            .fold(Plan::new(), spoil);
        let (code, console) = plan.boot().end();
        let stage = |n| {
            format!(
                "- runit: enter stage: /etc/runit/{n}\n\
                 - runit: fatal: unable to start child: /etc/runit/{n}: {reason}\n\
                 - runit: leave stage: /etc/runit/{n}\n"
            )
        };
        let all = stage(1) + &stage(2) + &stage(3);
        assert!(after_boot(&console).starts_with(&all), "{console}");
        assert_eq!(code, POWER_OFF);
    }
}

#[test]
fn children_get_the_environment_their_path_as_name_and_no_signal_blocked_or_ignored() {
    let note = "{ tr '\\0' ' ' </proc/$$/cmdline; echo; echo \"$GREETING\"; pwd
                  grep -E 'SigBlk|SigIgn' /proc/self/status; } >/t/$1";
    let stage = |n| note.replace("$1", n);
    let m = Plan::new()
        .env("GREETING", "hello world")
        .stage(1, &stage("note-1"))
        .stage(2, &format!("{}\n{SLEEPER}", stage("note-2")))
        .stage(3, &stage("note-3"))
        .script("etc/runit/ctrlaltdel", &stage("note-ctrlaltdel"))
        .boot();
    m.wait_stage_2(1);
    m.signal("INT");
    m.wait_console("leave stage: /etc/runit/ctrlaltdel");
    m.stop();
    m.end();
    for path in ["1", "2", "3", "ctrlaltdel"] {
        let lines = m.lines(&format!("t/note-{path}"));
        let start = [&format!("/bin/sh /etc/runit/{path} "), "hello world", "/"];
        assert_eq!(lines[..3], start);
        for line in &lines[3..] {
            let (_, mask) = line
                .split_once(":\t")
                .unwrap_or_else(|| panic!("{lines:?}"));
            let mask = u64::from_str_radix(mask, 16).expect("hexadecimal");
            // Signals 32 and 33 belong to the C library; some ignore them for all below.
            assert_eq!(mask & !(3 << 31), 0, "{line}");
        }
        assert_eq!(lines.len(), 5);
    }
}

#[test]
fn stages_2_and_3_lead_sessions_without_a_terminal() {
    let note = "ps -o pid=,sid=,tty= -p $$ >>/t/sessions";
    let m = Plan::new().stage(2, note).stage(3, note).boot();
    m.end();
    let sessions = m.lines("t/sessions");
    assert_eq!(sessions.len(), 2);
    for line in sessions {
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!((words[0], words[2]), (words[1], "?"), "{line}");
    }
}

#[test]
fn what_stage_1_leaves_in_the_background_lives_on() {
    let m = Plan::new()
        .stage(1, "sh -c 'while :; do sleep 0.01; echo alive; done' &")
        .boot();
    m.wait_stage_2(1);
    let alive = |text: String| text.matches("alive\n").count();
    let before = alive(m.console());
    wait_until("the child of stage 1 goes on", || {
        alive(m.console()) > before + 3
    });
}

#[test]
fn stage_1_has_the_console_as_its_terminal() {
    let m = Plan::new()
        .stage(
            1,
            "ps -o tpgid=,pgid=,tty= -p $$ >/t/one\necho typed >/dev/tty",
        )
        .boot();
    m.wait_stage_2(1);
    let words = m.lines("t/one").join(" ");
    let words: Vec<_> = words.split_whitespace().collect();
    if ours("runit-stage-1-has-a-terminal") {
        assert_eq!(words[0], words[1], "in the foreground");
        assert_ne!(words[2], "?");
        m.wait_console("typed\n");
    } else {
        assert_eq!((words[0], words[2]), ("-1", "?"));
    }
}

#[test]
fn keys_typed_during_stage_1_reach_it_and_nothing_else() {
    if !ours("runit-stage-1-has-a-terminal") {
        return;
    }
    let m = Plan::new()
        .stage(
            1,
            "trap 'echo interrupted; exit 0' INT\necho one\nwhile :; do read line; done",
        )
        .script("etc/runit/ctrlaltdel", "echo keys")
        .boot();
    m.wait_console("one\n");
    m.type_in("\x03");
    m.wait_console("interrupted\n");
    let two = m.wait_stage_2(1);
    // Nobody has the console now.
    m.type_in("\x03");
    m.assert_goes_on();
    assert!(!m.console().contains("keys"), "{}", m.console());
    assert_eq!(m.wait_stage_2(1), two);
}
