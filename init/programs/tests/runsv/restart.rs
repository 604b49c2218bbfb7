//! Restarting: at least a second after the last start, and what may be asked meanwhile.

use crate::common::*;

/// Notes the time of its own start as the kernel has it (in ticks since boot), then ends.
const STARTS: &str = "read -r stat </proc/$$/stat\nset -- $stat\necho started $$ >>events\necho ticks ${22} >>events";

/// What /proc counts in, whatever the kernel's own clock.
const TICKS_PER_SECOND: u64 = 100;

#[test]
fn a_killed_service_comes_back() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().supervise();
    let first = s.wait_started(1);
    procs::kill(first, "KILL");
    let second = s.wait_running(2);
    assert_ne!(first, second);
    assert_eq!(s.pid(), Some(second));
}

#[test]
fn starts_are_at_least_a_second_apart() {
    let t = Scratch::new();
    let s = t.service("s").run(STARTS).supervise();
    let ticks = s.wait_events("ticks", 4);
    let ticks: Vec<u64> = ticks.iter().map(|x| x.parse().unwrap()).collect();
    for pair in ticks.windows(2) {
        // The kernel's figure is rounded down to a tick of 10 ms.
        let apart = (pair[1] - pair[0]) * 1000 / TICKS_PER_SECOND;
        assert!(apart >= 980, "{apart} ms in {ticks:?}");
    }
}

#[test]
fn finish_does_not_shorten_the_delay() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run(STARTS)
        .finish("echo finished >>events")
        .supervise();
    let ticks = s.wait_events("ticks", 3);
    let ticks: Vec<u64> = ticks.iter().map(|x| x.parse().unwrap()).collect();
    for pair in ticks.windows(2) {
        let apart = (pair[1] - pair[0]) * 1000 / TICKS_PER_SECOND;
        assert!(apart >= 980, "{apart} ms in {ticks:?}");
    }
}

#[test]
fn the_log_service_is_restarted_with_the_same_delay() {
    let t = Scratch::new();
    let s = t.service("s").sleeper().log_run(STARTS).supervise();
    let ticks = s.log().wait_events("ticks", 3);
    let ticks: Vec<u64> = ticks.iter().map(|x| x.parse().unwrap()).collect();
    for pair in ticks.windows(2) {
        let apart = (pair[1] - pair[0]) * 1000 / TICKS_PER_SECOND;
        assert!(apart >= 980, "{apart} ms in {ticks:?}");
    }
    assert_eq!(s.events("started").len(), 1);
}

#[test]
fn while_it_waits_to_restart_the_service_is_down_and_wanted_up() {
    let t = Scratch::new();
    let s = t.service("s").run("echo started $$ >>events").supervise();
    s.wait_started(1);
    s.wait_stat("down");
    let status = s.status().unwrap();
    assert_eq!(
        (status.want, status.pid, s.read("supervise/pid")),
        (Want::Up, 0, String::new())
    );
    s.wait_started(2);
}

#[test]
fn a_command_during_the_restart_delay_is_obeyed() {
    let t = Scratch::new();
    let s = t.service("s").run("echo started $$ >>events").supervise();
    s.wait_started(1);
    s.wait_stat("down");
    s.control("d");
    // The other side sleeps meanwhile, yet reads the command before the next start.
    s.wait_status("wants down", |s| {
        s.want == Want::Down && s.state == State::Down
    });
    let count = s.events("started").len();
    s.control("u");
    s.wait_started(count + 1);
}

#[test]
fn an_order_to_start_cuts_the_restart_delay_short() {
    let t = Scratch::new();
    let s = t.service("s").run(STARTS).down().supervise();
    s.wait_stat("down");
    for n in 1..=6 {
        s.control("o");
        s.wait_events("ticks", n);
        s.wait_stat("down");
    }
    let ticks = s.wait_events("ticks", 6);
    let ticks: Vec<u64> = ticks.iter().map(|x| x.parse().unwrap()).collect();
    let early = ticks
        .windows(2)
        .filter(|pair| (pair[1] - pair[0]) * 1000 / TICKS_PER_SECOND < 980)
        .count();
    if ours("restart-delay-does-not-block") {
        assert!(early > 0, "each start waited for its second: {ticks:?}");
    } else {
        assert_eq!(early, 0, "{ticks:?}");
    }
}

#[test]
fn the_log_service_obeys_during_the_restart_delay_of_the_service() {
    let t = Scratch::new();
    let s = t
        .service("s")
        .run("echo started $$ >>events")
        .log_run("trap 'echo hup >>events' HUP\necho started $$ >>events\nsleep 1000 &\nwhile :; do wait; done")
        .supervise();
    s.wait_started(1);
    s.log().wait_started(1);
    s.wait_stat("down");
    if ours("restart-delay-does-not-block") {
        let starts = s.events("started").len();
        for n in 1..=10 {
            s.log().control("h");
            s.log().wait_events("hup", n);
        }
        assert!(
            s.events("started").len() <= starts + 1,
            "ten commands took longer than a restart"
        );
    } else {
        s.log().control("h");
        s.log().wait_events("hup", 1);
    }
}
