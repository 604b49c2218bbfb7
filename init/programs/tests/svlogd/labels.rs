//! Labels: `-t`, `-tt`, `-ttt`, and local time.

use crate::common::*;
use crate::logs::*;
use runit_core::log_label::civil;
use runit_core::tai::Tai64n;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
}

/// Splits a line into label and text.
fn split(line: &str) -> (&str, &str) {
    line.split_once(' ').expect("a label and a space")
}

#[test]
fn t_is_a_tai64n_label() {
    let logs = Logs::new();
    let before = now();
    logs.good("-t", "one\n\ntwo words\n");
    let after = now();
    let text = logs.current();
    let lines: Vec<_> = text.lines().map(split).collect();
    let texts: Vec<_> = lines.iter().map(|l| l.1).collect();
    assert_eq!(texts, ["one", "", "two words"]);
    let mut last = Tai64n::default();
    for (label, _) in lines {
        let stamp = Tai64n::from_label(label.as_bytes()).unwrap_or_else(|| panic!("{label}"));
        assert_eq!(label, label.to_lowercase());
        let at = Duration::new(stamp.unix_sec() as u64, stamp.nano);
        // The C program counts microseconds.
        assert!(
            at + Duration::from_micros(1) > before && at <= after,
            "{at:?}"
        );
        assert!(stamp >= last);
        last = stamp;
    }
}

#[test]
fn tt_and_ttt_are_readable_utc() {
    for (option, between) in [("-tt", '_'), ("-t -t -t", 'T'), ("-tttt", 'T')] {
        let logs = Logs::new();
        let before = now();
        logs.good(option, "one\ntwo\n");
        let after = now();
        for line in logs.current().lines() {
            let (label, _) = split(line);
            let time = |at: Duration| {
                let c = civil(at.as_secs() as i64);
                format!(
                    "{:04}-{:02}-{:02}{between}{:02}:{:02}:{:02}.{:05}",
                    c.year,
                    c.month,
                    c.day,
                    c.hour,
                    c.minute,
                    c.second,
                    at.subsec_nanos() / 10_000
                )
            };
            assert_eq!(label.len(), 25, "{label}");
            assert!(*label >= *time(before) && *label <= *time(after), "{label}");
        }
        assert_eq!(logs.current().lines().count(), 2);
    }
}

#[test]
fn a_label_stands_before_the_prefix_and_is_no_part_of_the_line_for_patterns() {
    let logs = Logs::with("phere: \n-@*\n-here*\n-2*\n");
    logs.good("-t", "a\n@b\nhere c\n2d\n");
    let text = unstamped(&logs.current());
    assert_eq!(text, "@STAMP here: a\n");
}

#[test]
fn old_files_bear_the_time_of_their_rotation() {
    let logs = Logs::with("s20\n");
    let before = now();
    logs.good("-l 10 -b 11", "aaaaaaaa\nbbbbbbbb\ncccccccc\ndddddddd\n");
    let after = now();
    let old = logs.old();
    assert_eq!(old.len(), 2);
    for file in old {
        let stamp = Tai64n::from_label(&file.name.as_bytes()[..25]).expect("a label");
        let at = Duration::new(stamp.unix_sec() as u64, stamp.nano);
        assert!(
            at + Duration::from_micros(1) > before && at <= after,
            "{at:?}"
        );
    }
}

#[test]
fn the_labels_of_a_slow_writer_are_those_of_its_writes() {
    let logs = Logs::new();
    let mut svlogd = logs.start("-t");
    let mut times = vec![now()];
    for n in 0..5 {
        svlogd.say(format!("{n}\n"));
        wait_until("the line is there", || {
            logs.current().lines().count() == n + 1
        });
        times.push(now());
    }
    for (n, line) in logs.current().lines().enumerate() {
        let stamp = Tai64n::from_label(split(line).0.as_bytes()).expect("a label");
        let at = Duration::new(stamp.unix_sec() as u64, stamp.nano);
        assert!(at + Duration::from_micros(1) > times[n] && at <= times[n + 1]);
    }
    assert_eq!(svlogd.finish().code, 0);
}

#[test]
fn local_time_is_asked_for_by_a_letter_of_its_own() {
    // The C program ignores it, and its labels stay in UTC.
    let east = ours("svlogd-local-time");
    let logs = Logs::with("T\n");
    // 5:45 hours east, and no summer time.
    let before = now();
    let program = logs.svlogd("-ttt").env("TZ", "XXX-5:45");
    let out = logs.feed(program, "a\n");
    let after = now();
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    let text = logs.current();
    let hour_and_minute = |at: Duration| {
        let c = civil(at.as_secs() as i64 + if east { 20_700 } else { 0 });
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}",
            c.year, c.month, c.day, c.hour, c.minute
        )
    };
    assert!((hour_and_minute(before)..=hour_and_minute(after)).contains(&text[..16].to_string()));
    if east {
        // Without an option it asks for labels, too.
        let logs = Logs::with("T\n");
        logs.good("", "a\n");
        assert_eq!(logs.current().len(), 26 + 2);
    }
}
