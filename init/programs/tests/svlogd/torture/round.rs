//! One round: a svlogd with some options, and what befalls it.

use super::check::Reader;
use super::disk::Disk;
use super::lines::Writer;
use super::{Counts, Dice, Plan};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

/// How long a round may last, and how long its end.
const ROUND: Duration = Duration::from_secs(6);
const END: Duration = Duration::from_secs(120);

/// Options of svlogd.
const OPTIONS: [&[&str]; 5] = [
    &[],
    &["-tt"],
    &["-t", "-l", "100"],
    &["-ttt", "-r", "_"],
    &["-b", "200000"],
];

struct Round<'a> {
    plan: &'a Plan,
    dir: PathBuf,
    options: &'static [&'static str],
    logs: Vec<&'static str>,
    drops: bool,
    pipe: OwnedFd,
    svlogd: Child,
    disk: Option<Disk>,
    stepped: i64,
}

pub fn play(plan: &Plan, dice: &mut Dice, counts: &mut Counts, end: Instant) {
    let dir = plan.dir.join(format!("round{}", counts.rounds));
    let disk = plan.disk.then(|| Disk::mount(&dir));
    let options = OPTIONS[dice.below(OPTIONS.len() as u64) as usize];
    let labels = options.iter().any(|option| option.starts_with("-t"));
    let mut logs = vec!["one"];
    logs.extend((dice.below(2) == 0).then_some("two"));
    let full = *dice.one_of(&["fblock", "fdrop"]);
    let mut readers = Vec::new();
    for log in &logs {
        let size = *dice.one_of(&["s5000", "s30000", "s200000", "s0\nt1"]);
        let filter = dice.below(3) == 0;
        let processor = *dice.one_of(&["", "", "!cat", "!sleep 0.02; cat"]);
        let pattern = if filter { "-*x*" } else { "#" };
        let log = dir.join(log);
        fs::create_dir_all(&log).expect("log directory");
        let config = format!("{size}\nn0\n{full}\n{pattern}\n{processor}\n");
        fs::write(log.join("config"), &config).expect("config");
        eprintln!("{options:?} {}: {config:?}", log.display());
        readers.push(Reader::new(&log, labels, filter, !processor.is_empty()));
    }
    let (pipe, writer) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
    let writer = Writer::start(File::from(writer), dice.below(u64::MAX));
    let svlogd = start(plan, &dir, options, &logs, &pipe);
    let mut round = Round {
        plan,
        dir,
        options,
        logs,
        drops: full == "fdrop",
        pipe,
        svlogd,
        disk,
        stepped: 0,
    };
    // Once at least, as the kill below: on a slow machine chance alone may leave it out.
    round.step_clock(dice, counts);
    let until = end.min(Instant::now() + ROUND);
    while Instant::now() < until {
        // Now hard upon each other, now with time to go far.
        let most = *dice.one_of(&[300, 3_000, 60_000]);
        thread::sleep(Duration::from_micros(dice.below(most)));
        round.strike(dice, counts);
        for reader in &mut readers {
            reader.collect(false, counts);
        }
    }
    round.kill(counts);
    // Before the end of input: what does not fit then is left to a next svlogd.
    if let Some(disk) = &mut round.disk {
        disk.grow();
    }
    writer.stop();
    round.end(|| {
        for reader in &mut readers {
            reader.collect(false, counts);
        }
    });
    let (lines, bytes) = writer.finish();
    counts.lines += lines;
    counts.bytes += bytes;
    for reader in readers {
        reader.finish(lines, counts);
    }
    let dir = round.dir.clone();
    drop(round);
    fs::remove_dir_all(dir).expect("the round's directory");
}

fn start(plan: &Plan, dir: &PathBuf, options: &[&str], logs: &[&str], pipe: &OwnedFd) -> Child {
    let stderr = File::options()
        .create(true)
        .append(true)
        .open(plan.dir.join("stderr"));
    Command::new(&plan.program)
        .args(options)
        .args(logs)
        .current_dir(dir)
        .stdin(pipe.try_clone().expect("dup"))
        .stderr(stderr.expect("a file for messages"))
        .spawn()
        .expect("svlogd")
}

impl Round<'_> {
    /// One misfortune.
    fn strike(&mut self, dice: &mut Dice, counts: &mut Counts) {
        match dice.below(100) {
            0..=34 => self.kill(counts),
            35..=54 => {
                let storm = dice.below(30) + 1;
                for _ in 0..storm {
                    self.send(Signal::ALARM);
                    thread::sleep(Duration::from_micros(dice.below(400)));
                }
                counts.alarms += storm;
            }
            55..=62 => {
                self.send(Signal::HUP);
                counts.hups += 1;
            }
            63..=68 => {
                // Not while it has not set its handlers: then TERM kills it, which is no less fair.
                self.send(Signal::TERM);
                // It may wait for seconds: for room, for a processor. Seldom: they are taken from
                // all else.
                if dice.below(8) > 0 {
                    self.hurry(Duration::from_micros(dice.below(40_000)));
                }
                self.start_again(|code| matches!(code, None | Some(0 | 111)));
                counts.terms += 1;
            }
            69..=80 => counts.processor_kills += self.kill_processors(),
            81..=88 => self.fill_or_free(dice, counts),
            89..=94 => self.step_clock(dice, counts),
            _ => {
                self.send(Signal::STOP);
                thread::sleep(Duration::from_micros(dice.below(3_000)));
                self.send(Signal::CONT);
                counts.stops += 1;
            }
        }
    }

    fn send(&mut self, signal: Signal) {
        if let Some(status) = self.svlogd.try_wait().expect("own child") {
            // Signals kill a program that has not set its handlers yet.
            assert!(
                matches!(status.signal(), Some(1 | 14)),
                "svlogd ended by itself: {status}"
            );
            self.start_again(|_| true);
        }
        let pid = Pid::from_child(&self.svlogd);
        kill_process(pid, signal).expect("own child");
    }

    fn start_again(&mut self, good: impl Fn(Option<i32>) -> bool) {
        let status = self.svlogd.wait().expect("own child");
        assert!(good(status.code()), "svlogd ended with {status}");
        self.svlogd = start(self.plan, &self.dir, self.options, &self.logs, &self.pipe);
    }

    fn kill(&mut self, counts: &mut Counts) {
        self.send(Signal::KILL);
        self.start_again(|code| code.is_none());
        counts.kills += 1;
    }

    /// Leaves it some time to end, and then kills it, as those do who are in a hurry.
    fn hurry(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while self.svlogd.try_wait().expect("own child").is_none() {
            if Instant::now() >= until {
                self.svlogd.kill().expect("own child");
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn kill_processors(&self) -> u64 {
        let pid = self.svlogd.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let mut count = 0;
        for child in children.unwrap_or_default().split_whitespace() {
            let child = child.parse().ok().and_then(Pid::from_raw);
            count += u64::from(child.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok()));
        }
        count
    }

    /// Where lines may be dropped, their count survives a kill only in a journal, and on a disk
    /// that was full before the journal had its first block there is none: svlogd says so.
    fn may_fill(&self) -> bool {
        let lock = fs::metadata(self.dir.join(self.logs[0]).join("lock"));
        !self.drops || lock.is_ok_and(|lock| lock.blocks() > 0)
    }

    fn fill_or_free(&mut self, dice: &mut Dice, counts: &mut Counts) {
        let may_fill = self.may_fill();
        if let Some(disk) = &mut self.disk {
            if disk.is_full() {
                disk.free();
            } else if may_fill {
                disk.fill(dice.below(60_000));
                counts.fills += 1;
            }
        }
    }

    fn step_clock(&mut self, dice: &mut Dice, counts: &mut Counts) {
        if self.plan.clock {
            // Hours forward and back, never far away from where it should be.
            let by = if self.stepped > 0 { -1 } else { 1 } * (dice.below(20_000) as i64 + 1);
            self.stepped += by;
            shift_clock(by);
            counts.steps += 1;
        }
    }

    /// The end of input, and of svlogd.
    fn end(&mut self, mut meanwhile: impl FnMut()) {
        let until = Instant::now() + END;
        loop {
            if let Some(status) = self.svlogd.try_wait().expect("own child") {
                match (status.code(), status.signal()) {
                    (Some(0), _) => break,
                    // It had no time to set its handlers.
                    (None, Some(1 | 14)) => self.start_again(|_| true),
                    _ => panic!("svlogd ended with {status}"),
                }
            }
            assert!(
                Instant::now() < until,
                "svlogd does not end: {}",
                self.dir.display()
            );
            meanwhile();
            thread::sleep(Duration::from_millis(5));
        }
        if self.stepped != 0 {
            shift_clock(-self.stepped);
        }
    }
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        let _ = self.svlogd.kill();
        let _ = self.svlogd.wait();
    }
}

fn shift_clock(by: i64) {
    use rustix::time::{ClockId, clock_gettime, clock_settime};
    let mut now = clock_gettime(ClockId::Realtime);
    now.tv_sec += by;
    clock_settime(ClockId::Realtime, now).expect("the clock may be set");
}
