//! Runs what was planned: everything whose turn has come, as many at a time as are allowed, each
//! within its limit.

use super::VOICE;
use super::left_out::MARKS;
use super::options::{Options, Verb};
use super::plan::{Node, Plan};
use super::scripts::Script;
use runit_core::clock::Mono;
use runit_core::order::Set;
use runit_sys::environment::Environment;
use runit_sys::signal::{self, Arrived, Number};
use runit_sys::spawn::{Child, Session};
use runit_sys::{Errno, Pid, child, clock, dir, fd, file, poll, say};
use std::ffi::CStr;
use std::os::fd::AsFd;

/// Milliseconds between TERM and KILL, and between KILL and leaving it behind.
const PATIENCE_MS: u64 = 2000;
/// Milliseconds that a needed service gets to come up.
const SERVICE_MS: u64 = 10_000;
/// Milliseconds between two looks at such a service.
const LOOK_MS: u64 = 50;
/// What is noted for a script that had to be ended.
const ENDED: i32 = 124;

/// A script that runs.
struct Running {
    node: usize,
    pid: Pid,
    begin: Mono,
    /// When it is told to end, killed, left behind; `None` without a limit.
    until: Option<Mono>,
    told: u8,
}

impl Running {
    /// To all of its group; alone where it has none: one that asks at the console stays in ours, and
    /// another is not there yet in its first moment.
    fn send(&self, signal: Number) {
        let sent = signal::send_group(self.pid, signal);
        let _ = sent.or_else(|_| signal::send(self.pid, signal));
    }
}

struct Run<'a> {
    options: &'a Options,
    plan: &'a Plan,
    scripts: &'a [Script],
    env: Environment,
    null: Option<fd::Owned>,
    verbose: bool,
    begin: Mono,
    begun: Set,
    ended: Set,
    running: Vec<Running>,
    failed: usize,
    times: Vec<u8>,
}

/// Runs all scripts; gives how many failed.
pub fn all(options: &Options, plan: &Plan, scripts: &[Script]) -> usize {
    signal::listen(&[Number::CHLD, Number::TERM, Number::INT]);
    let level = options.level();
    let mut env = Environment::of_process();
    for (name, value) in [
        (&b"RUNLEVEL"[..], level),
        (b"runlevel", level),
        (b"PREVLEVEL", previous(level)),
        (b"previous", previous(level)),
    ] {
        env.set(name, &[value]);
    }
    // What keeps a script from being run beside a service lets this call through.
    env.set(b"RUNIT_SYSV", b"pass");
    let marks = MARKS.strip_suffix(b"/").unwrap_or(MARKS);
    let _ = dir::make(&options.path(&[b"/run/runit"]));
    let _ = dir::make(&options.path(&[marks]));
    let mut run = Run {
        options,
        plan,
        scripts,
        env,
        null: fd::open_null().ok(),
        verbose: file::entry_exists(&options.path(&[b"/etc/runit/verbose"])),
        begin: clock::mono(),
        begun: Set::EMPTY,
        ended: Set::EMPTY,
        running: Vec::new(),
        failed: 0,
        times: Vec::new(),
    };
    run.work_through();
    run.note_times();
    run.failed
}

/// The level that /etc/init.d's scripts are told to have been before.
const fn previous(level: u8) -> u8 {
    match level {
        b'0' | b'1' | b'6' => b'2',
        _ => b'N',
    }
}

impl Run<'_> {
    fn work_through(&mut self) {
        loop {
            while let Some((pid, how)) = child::reap() {
                let code = how.code().map(i32::from);
                let code = code.or(how.signal().map(|signal| 128 + i32::from(signal)));
                self.forget(pid, code.unwrap_or(ENDED));
            }
            let arrived = Arrived::take();
            if arrived.has(Number::TERM) || arrived.has(Number::INT) {
                for script in &self.running {
                    script.send(Number::TERM);
                }
                VOICE.warning(&[b"told to end, the rest is left out"]);
                self.failed += 1;
                return;
            }
            self.end_what_is_late();
            let services = self.look_at_services();
            self.begin_what_is_ready();
            if self.running.is_empty() && !services {
                return;
            }
            let looks = services.then(|| clock::mono().plus_ms(LOOK_MS));
            let late = self.running.iter().filter_map(|script| script.until);
            let _ = poll::wait(&[], late.chain(looks).min());
        }
    }

    /// Marks services that are up, or will not be waited for any longer; whether one is waited for.
    fn look_at_services(&mut self) -> bool {
        let over = clock::mono().ms_after(self.begin) >= SERVICE_MS;
        let mut waits = false;
        for (n, node) in self.plan.nodes.iter().enumerate() {
            let Node::Service(name) = node else { continue };
            let waited_for = |who: usize| !self.begun.has(who) && self.plan.order.needs(who).has(n);
            if self.ended.has(n) || !(0..self.plan.scripts).any(waited_for) {
                continue;
            }
            let mut stat = [0; 4];
            let path = self
                .options
                .path(&[b"/etc/service/", name, b"/supervise/stat"]);
            if file::read(&path, &mut stat).is_ok_and(|len| stat[..len].starts_with(b"run")) {
                self.ended.insert(n);
            } else if over {
                VOICE.warning(&[b"service ", name, b" is not up: going on without it"]);
                self.ended.insert(n);
            } else {
                waits = true;
            }
        }
        waits
    }

    fn begin_what_is_ready(&mut self) {
        while let Some(node) = self.next() {
            self.begun.insert(node);
            if let Err(error) = self.begin(node) {
                VOICE.warning_because(&[b"unable to start ", &self.scripts[node].name], error);
                self.failed += 1;
                self.ended.insert(node);
            }
        }
    }

    /// The first script that may begin now.
    fn next(&self) -> Option<usize> {
        let alone = |node: usize| self.scripts[node].is_interactive();
        let full = self.running.len() >= self.options.at_once;
        if full || self.running.iter().any(|script| alone(script.node)) {
            return None;
        }
        (0..self.plan.scripts).find(|&node| {
            !self.begun.has(node)
                && self.plan.order.is_ready(node, &self.ended)
                && (self.running.is_empty() || !alone(node))
        })
    }

    fn begin(&mut self, node: usize) -> Result<(), Errno> {
        let script = &self.scripts[node];
        let alone = script.is_interactive();
        let args: [&CStr; 2] = [&script.path, self.options.verb.word()];
        if self.verbose {
            let verb: &[u8] = match self.options.verb {
                Verb::Start => b"starting ",
                Verb::Stop => b"stopping ",
            };
            say::output(&[VOICE.name(), b": ", verb, &script.name]);
        }
        let mark = self.options.path(&[MARKS, script.base()]);
        let marked = match self.options.verb {
            Verb::Start => file::create(&mark).map(drop),
            Verb::Stop => file::remove(&mark),
        };
        if let Err(error) = marked {
            VOICE.warning_because(&[b"unable to note the state of ", &script.name], error);
        }
        let mut child = Child::new(&script.path, &args);
        child.complaint = &[b"sysv-rc: fatal: "];
        child.called = &script.name;
        child.env = Some(&self.env);
        // One that asks at the console needs it, and nobody knows how long the answer takes.
        if !alone {
            child.session = Session::New;
            child.stdio[0] = self.null.as_ref().map(AsFd::as_fd);
        }
        let pid = child.spawn()?;
        let now = clock::mono();
        let limit = self.options.limit_ms;
        self.running.push(Running {
            node,
            pid,
            begin: now,
            until: (limit > 0 && !alone).then(|| now.plus_ms(limit)),
            told: 0,
        });
        Ok(())
    }

    fn end_what_is_late(&mut self) {
        let now = clock::mono();
        let mut behind = Vec::new();
        for script in &mut self.running {
            if script.until.is_none_or(|until| until > now) {
                continue;
            }
            let name = &self.scripts[script.node].name;
            script.until = Some(now.plus_ms(PATIENCE_MS));
            script.told += 1;
            match script.told {
                1 => {
                    let seconds = (self.options.limit_ms / 1000).to_string();
                    VOICE.warning(&[name, b": ended by its limit of ", seconds.as_bytes(), b" s"]);
                    script.send(Number::TERM);
                }
                2 => script.send(Number::KILL),
                _ => {
                    VOICE.warning(&[name, b": cannot be ended, left behind"]);
                    behind.push(child::number(script.pid));
                }
            }
        }
        for pid in behind {
            self.forget(pid, ENDED);
        }
    }

    /// A script came to its end.
    fn forget(&mut self, pid: u32, code: i32) {
        let is_it = |script: &Running| child::number(script.pid) == pid;
        let Some(place) = self.running.iter().position(is_it) else {
            return;
        };
        let script = self.running.swap_remove(place);
        let name = &self.scripts[script.node].name;
        let code = if script.told > 0 { ENDED } else { code };
        if code != 0 {
            self.failed += 1;
            if script.told == 0 {
                VOICE.warning(&[name, b": exit code ", code.to_string().as_bytes()]);
            }
        }
        self.ended.insert(script.node);
        let ms = clock::mono().ms_after(script.begin);
        let line = format!(" {}.{:02} {code}\n", ms / 1000, ms % 1000 / 10);
        self.times.extend_from_slice(name);
        self.times.extend_from_slice(line.as_bytes());
    }

    /// As boot-times of the stages: a name, seconds and an exit code a line.
    fn note_times(&self) {
        if self.times.is_empty() {
            return;
        }
        let level = [self.options.level()];
        let path = self.options.path(&[b"/run/runit/sysv-times.", &level]);
        let _ = file::create(&path).and_then(|file| fd::write_all(&file, &self.times));
        let ms = clock::mono().ms_after(self.begin);
        let count = self.times.iter().filter(|&&b| b == b'\n').count();
        VOICE.took(count, "script", ms, &[(self.failed, "failed")]);
    }
}
