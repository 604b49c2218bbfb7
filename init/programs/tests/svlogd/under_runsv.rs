//! svlogd as the log service of a real runsv, which starts it again whatever ends it.

use crate::common::*;
use crate::logs::{names, numbered};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;

/// How often it is killed.
const LIVES: usize = 5;
/// Lines that come in each of its lives: much more than a pipe holds.
const LINES: usize = 30_000;

fn bytes_in(dir: &Path) -> u64 {
    let files = names(dir).into_iter().filter(|name| name != "lock");
    let sizes = files.filter_map(|name| fs::metadata(dir.join(name)).ok());
    sizes.map(|about| about.len()).sum()
}

#[test]
fn a_svlogd_that_is_killed_again_and_again_under_runsv_loses_and_repeats_nothing() {
    // The C program loses what it had read.
    if !ours("svlogd-loses-nothing-when-killed") {
        return;
    }
    let t = Scratch::new();
    let svlogd = program_path("svlogd");
    let s = t
        .service("s")
        .run("echo started $$ >>events\nexec cat in")
        .log_run(&format!(
            "echo started $$ >>events\nexec {} main",
            svlogd.display()
        ))
        .file("log/main/config", "s100000\nn0\n!cat\n");
    let fifo = t.mkfifo("s/in");
    let log = s.path("log/main");
    let mut s = s.supervise();
    let (grant, granted) = channel();
    let writer = thread::spawn(move || {
        let mut fifo = File::options().write(true).open(fifo).expect("the FIFO");
        for life in granted {
            let lines = numbered(LINES * life..LINES * (life + 1));
            fifo.write_all(lines.as_bytes()).expect("cat reads it");
        }
    });
    for life in 0..LIVES {
        let before = bytes_in(&log);
        let pid = s.log().wait_started(life + 1);
        grant.send(life).expect("the writer");
        wait_until("it is at work", || {
            bytes_in(&log) > before + 150_000 * life as u64
        });
        procs::kill(pid, "ALRM");
        procs::kill(pid, "KILL");
    }
    s.log().wait_started(LIVES + 1);
    drop(grant);
    writer.join().expect("the writer");
    // Its first input has ended: everything is in the pipe of the log.
    s.wait_started(2);
    s.control("x");
    assert_eq!(s.runsv.wait(), 0);
    let mut files = names(&log);
    files.retain(|name| name.starts_with('@'));
    assert!(files.len() > LIVES);
    assert!(files.iter().all(|name| name.ends_with(".s")), "{files:?}");
    let texts = files.iter().map(String::as_str).chain(["current"]);
    let text: String = texts
        .map(|name| fs::read_to_string(log.join(name)).expect("a file of the log"))
        .collect();
    let expected = numbered(0..LINES * LIVES);
    assert!(
        text == expected,
        "{} bytes of {}",
        text.len(),
        expected.len()
    );
}
