//! Logging where the clock is ours to step: svlogd under torture.

use std::time::UNIX_EPOCH;

use vm_tests::{Guest, places};

#[test]
fn no_line_is_lost_or_doubled_while_the_clock_steps() {
    let mut guest = Guest::minimal("no_line_is_lost_or_doubled_while_the_clock_steps");
    let program = "/usr/bin/svlogd-torture";
    guest.files().copy(program, 0o755, &places::torture());
    let mut vm = guest.start();
    vm.log_in();
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let now = UNIX_EPOCH.elapsed().expect("after 1970").as_millis() as u64;
    let seed: u64 = number("RUNIT_TORTURE_SEED").unwrap_or(now % 1_000_000);
    let seconds: u64 = number("RUNIT_TORTURE_SECONDS").unwrap_or(20);
    eprintln!("RUNIT_TORTURE_SEED={seed}");
    vm.run("mkdir /run/torture");
    let command =
        format!("{program} $(command -v svlogd) /run/torture {seconds} {seed} clock disk");
    // It may last longer than one thing is waited for.
    vm.run(&format!(
        "(if {command}; then echo good; else echo bad; fi) >/run/result 2>&1 &"
    ));
    for _ in 0..1 + seconds / 60 {
        let (code, _) = vm.try_run(
            "timeout 100 sh -c 'until grep -q -e ^good -e ^bad /run/result; do sleep 1; done'",
        );
        if code == 0 {
            break;
        }
    }
    let result = vm.run("cat /run/result");
    eprintln!("{result}");
    assert!(result.trim_end().ends_with("good"), "{result}");
    let counted = |name: &str| {
        let line = result
            .lines()
            .find_map(|line| line.trim().strip_prefix(name));
        line.and_then(|n| n.trim_end_matches(',').parse::<u64>().ok())
    };
    for name in ["kills: ", "steps: ", "files: ", "lines: "] {
        assert!(counted(name).is_some_and(|n| n > 0), "{name}{result}");
    }
}
