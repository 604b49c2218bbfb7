//! The pair of service and logger in a simulated world: random commands, deaths, hooks and fork
//! failures. The world keeps the books a kernel would keep and fails the test where the machine
//! asks for something impossible.

use proptest::prelude::*;
use runit_core::clock::{Mono, Now};
use runit_core::control::Command;
use runit_core::exit::Exit;
use runit_core::hook::{Hook, Signal};
use runit_core::pair::{MOST_AHEAD, Pair, PairAction, PairEvent};
use runit_core::service::{Action, Event, RESTART_MS, Side};
use runit_core::status::{State, Status, Want};
use runit_core::tai::Tai64n;
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Run,
    Finish,
    Hook,
}

#[derive(Clone, Debug)]
enum Input {
    Command(Side, u8),
    /// The n-th living process ends like this.
    End(usize, Exit),
    Pass(u64),
    Terminate,
}

#[derive(Clone, Copy, Debug)]
struct Setting {
    hooks: bool,
    finish: bool,
    /// Every logger ends with lines in its pipe.
    lines_stay: bool,
    fork_fails_every: u32,
}

struct World {
    pair: Pair,
    now: Now,
    setting: Setting,
    alive: BTreeMap<u32, (Side, Kind)>,
    next_pid: u32,
    forks: u32,
    /// Actions asked for and not begun.
    ahead: usize,
    quit: bool,
    pipe_closed: bool,
    /// When a side was last started, and whether an order allowed a start before its time.
    last_start: [Option<Mono>; 2],
    ordered: [bool; 2],
}

impl World {
    fn new(setting: Setting, want: Want, with_log: bool) -> World {
        let now = Now {
            mono: Mono(1_000_000),
            wall: Tai64n::from_unix(1_700_000_000, 0),
        };
        let mut pair = Pair::new(want, now);
        if with_log {
            pair.add_log(Want::Up, now);
        }
        World {
            pair,
            now,
            setting,
            alive: BTreeMap::new(),
            next_pid: 100,
            forks: 0,
            ahead: 0,
            quit: false,
            pipe_closed: false,
            last_start: [None; 2],
            ordered: [false; 2],
        }
    }

    fn pass(&mut self, ms: u64) {
        self.now.mono = self.now.mono.plus_ms(ms);
        self.now.wall.sec += ms / 1000;
        self.now.wall.nano =
            (self.now.wall.nano + 1_000_000 * (ms % 1000) as u32 + 1) % 1_000_000_000;
    }

    fn fork(&mut self, side: Side, kind: Kind) -> Option<u32> {
        self.forks += 1;
        if self.setting.fork_fails_every > 0 && self.forks % self.setting.fork_fails_every == 0 {
            return None;
        }
        self.next_pid += 1;
        self.alive.insert(self.next_pid, (side, kind));
        Some(self.next_pid)
    }

    fn own(&self, side: Side) -> Vec<u32> {
        let own = |&(_, &(s, kind)): &(&u32, &(Side, Kind))| s == side && kind != Kind::Hook;
        self.alive.iter().filter(own).map(|(&pid, _)| pid).collect()
    }

    fn handle(&mut self, event: PairEvent) {
        assert!(!self.quit, "an event after Quit");
        let actions = self.pair.step(self.now, event);
        self.ahead += actions.len();
        assert!(self.ahead <= MOST_AHEAD, "{} actions ahead", self.ahead);
        for action in actions {
            self.ahead -= 1;
            self.act(action);
        }
    }

    fn act(&mut self, action: PairAction) {
        match action {
            PairAction::Quit => {
                assert!(
                    self.own(Side::Service).is_empty(),
                    "quit while the service lives"
                );
                assert!(
                    self.own(Side::Log).is_empty(),
                    "quit while the logger lives"
                );
                self.quit = true;
            }
            PairAction::CloseLogPipe => {
                assert!(
                    self.own(Side::Service).is_empty(),
                    "pipe closed under the service"
                );
                self.pipe_closed = true;
            }
            PairAction::Of(side, Action::Start) => {
                assert!(self.own(side).is_empty(), "two processes of one {side:?}");
                assert!(
                    side == Side::Log || !self.pipe_closed,
                    "the service writes into a closed pipe"
                );
                let at = side as usize;
                // A pair that leaves may start its logger once more, for the last lines.
                let service = self.pair.side(Side::Service).map(|service| service.want());
                self.ordered[at] |= side == Side::Log && service == Some(Want::Exit);
                if let (Some(last), false) = (self.last_start[at], self.ordered[at]) {
                    assert!(
                        self.now.mono >= last.plus_ms(RESTART_MS),
                        "restarted too early"
                    );
                }
                self.ordered[at] = false;
                let answer = match self.fork(side, Kind::Run) {
                    Some(pid) => {
                        self.last_start[at] = Some(self.now.mono);
                        Event::Started(pid)
                    }
                    None => Event::NotStarted,
                };
                self.handle(PairEvent::Only(side, answer));
            }
            PairAction::Of(side, Action::Finish(_)) => {
                assert_eq!(side, Side::Service, "a logger has no finish");
                assert!(self.own(side).is_empty(), "finish beside another process");
                let answer = self
                    .fork(side, Kind::Finish)
                    .map_or(Event::NotStarted, Event::Started);
                self.handle(PairEvent::Only(side, answer));
            }
            PairAction::Of(side, Action::Hook(hook, pid)) => {
                assert_eq!(side, Side::Service, "a logger has no hooks");
                if let Some(pid) = pid {
                    assert!(
                        self.alive.contains_key(&pid) || hook.signal().is_none(),
                        "hook for a dead process"
                    );
                }
                let started = self
                    .setting
                    .hooks
                    .then(|| self.fork(side, Kind::Hook))
                    .flatten();
                let answer =
                    started.map_or(Event::NoHook(hook), |pid| Event::HookStarted(hook, pid));
                self.handle(PairEvent::Only(side, answer));
            }
            PairAction::Of(side, Action::Send(signal, pid)) => {
                let (owner, kind) = *self
                    .alive
                    .get(&pid)
                    .expect("a signal to a process that was reaped");
                assert_eq!(owner, side);
                assert!(
                    kind == Kind::Run || signal == Signal::Kill,
                    "{signal:?} to a finish script"
                );
            }
            PairAction::Of(_, Action::Record) => {}
        }
    }

    fn end(&mut self, pid: u32, exit: Exit) {
        let (side, kind) = self.alive.remove(&pid).unwrap();
        let finish = side == Side::Service && kind == Kind::Run && self.setting.finish;
        let event = Event::Exited { pid, exit, finish };
        let early = side == Side::Log && self.setting.lines_stay;
        self.handle(if early {
            PairEvent::LogEndedEarly(event)
        } else {
            PairEvent::Both(event)
        });
    }

    fn input(&mut self, input: &Input) {
        match *input {
            Input::Command(side, byte) => {
                if matches!(byte, b'u' | b'o') {
                    self.ordered[side as usize] = true;
                }
                if let Some(command) = Command::from_byte(byte) {
                    self.handle(PairEvent::Only(side, Event::Command(command)));
                }
            }
            Input::Terminate => self.handle(PairEvent::Only(
                Side::Service,
                Event::Command(Command::Exit),
            )),
            Input::End(n, exit) => {
                let pids: Vec<u32> = self.alive.keys().copied().collect();
                if !pids.is_empty() {
                    self.end(pids[n % pids.len()], exit);
                }
            }
            Input::Pass(ms) => self.pass(ms),
        }
        if !self.quit {
            self.handle(PairEvent::Both(Event::Wake));
        }
        self.check_books();
    }

    fn check_books(&self) {
        for side in [Side::Service, Side::Log] {
            let Some(machine) = self.pair.side(side) else {
                continue;
            };
            let status = machine.status();
            let own = self.own(side);
            assert!(own.len() <= 1, "two processes of one {side:?}");
            assert_eq!(
                status.pid,
                own.first().copied(),
                "the record tells another process"
            );
            let kind = own.first().map(|pid| self.alive[pid].1);
            let agrees = match status.state {
                State::Down => kind.is_none(),
                State::Run => kind == Some(Kind::Run),
                State::Finish => kind.is_none_or(|kind| kind == Kind::Finish),
            };
            assert!(agrees, "state {:?} with {kind:?}", status.state);
            let read = Status::from_record(&status.to_record()).expect("the record decodes");
            assert_eq!(
                (read.pid, read.state, read.paused, read.got_term),
                (status.pid, status.state, status.paused, status.got_term)
            );
            assert!(
                !status.paused || status.pid.is_some(),
                "paused without a process"
            );
        }
    }

    /// Lets the world come to rest: hooks and finish end, and so does what was told to go.
    fn settle(&mut self) {
        self.setting.fork_fails_every = 0;
        for _ in 0..40 {
            if self.quit {
                return;
            }
            self.pass(6000);
            let hooks: Vec<u32> = self
                .alive
                .iter()
                .filter(|(_, (_, kind))| *kind != Kind::Run)
                .map(|(&pid, _)| pid)
                .collect();
            for pid in hooks {
                if !self.quit && self.alive.contains_key(&pid) {
                    self.end(pid, Exit::with_code(1));
                }
            }
            for side in [Side::Service, Side::Log] {
                // A hook that exits 0 has told the process in its own way.
                let machine = self.pair.side(side);
                let told = machine.is_some_and(|m| {
                    m.status().got_term || (self.setting.hooks && m.want() != Want::Up)
                });
                let told = told || (side == Side::Log && self.pipe_closed);
                if let (true, Some(&pid), false) = (told, self.own(side).first(), self.quit) {
                    self.end(pid, Exit::by_signal(15));
                }
            }
            if !self.quit {
                self.handle(PairEvent::Both(Event::Wake));
                self.check_books();
            }
        }
    }
}

fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![3 => Just(Side::Service), 1 => Just(Side::Log)]
}

fn any_exit() -> impl Strategy<Value = Exit> {
    prop_oneof![
        any::<u8>().prop_map(Exit::with_code),
        Just(Exit::with_code(0)),
        Just(Exit::by_signal(15)),
        Just(Exit::by_signal(9)),
        Just(Exit(139))
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    let command = prop::sample::select(&b"uudoochaiqtk12ptcz"[..]);
    prop_oneof![
        6 => (any_side(), command).prop_map(|(side, byte)| Input::Command(side, byte)),
        4 => (any::<usize>(), any_exit()).prop_map(|(n, exit)| Input::End(n, exit)),
        3 => prop_oneof![0..5u64, 0..1500u64, Just(6000)].prop_map(Input::Pass),
    ]
}

fn any_setting() -> impl Strategy<Value = Setting> {
    (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop_oneof![3 => Just(0u32), 1 => 2..6u32],
    )
        .prop_map(|(hooks, finish, lines_stay, fork_fails_every)| Setting {
            hooks,
            finish,
            lines_stay,
            fork_fails_every,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn there_are_never_two_processes_of_one_side_and_the_record_tells_the_truth(
        setting in any_setting(),
        with_log in any::<bool>(),
        inputs in prop::collection::vec(any_input(), 0..80),
    ) {
        let mut world = World::new(setting, Want::Up, with_log);
        world.input(&Input::Pass(0));
        for input in &inputs {
            world.input(input);
        }
    }

    #[test]
    fn what_is_wanted_comes_true_once_the_world_comes_to_rest(
        setting in any_setting(),
        with_log in any::<bool>(),
        inputs in prop::collection::vec(any_input(), 0..60),
        last in prop::sample::select(&b"ud"[..]),
    ) {
        let mut world = World::new(setting, Want::Up, with_log);
        for input in &inputs {
            world.input(input);
        }
        world.input(&Input::Command(Side::Service, last));
        world.settle();
        let state = world.pair.side(Side::Service).unwrap().status().state;
        prop_assert_eq!(state, if last == b'u' { State::Run } else { State::Down });
    }

    #[test]
    fn told_to_exit_it_takes_everything_down_and_goes(
        setting in any_setting(),
        with_log in any::<bool>(),
        before in prop::collection::vec(any_input(), 0..60),
        after in prop::collection::vec(any_input(), 0..10),
    ) {
        let mut world = World::new(setting, Want::Up, with_log);
        for input in &before {
            world.input(input);
        }
        world.input(&Input::Terminate);
        for input in after {
            let cancels = matches!(input, Input::Command(_, b'u' | b'o' | b'd'));
            if !cancels && !world.quit {
                world.input(&input);
            }
        }
        world.settle();
        prop_assert!(world.quit, "still there: {:?}", world.alive);
        prop_assert!(world.own(Side::Service).is_empty());
    }
}

#[test]
fn a_hook_that_handled_term_keeps_the_signal_away() {
    let setting = Setting {
        hooks: true,
        finish: false,
        lines_stay: false,
        fork_fails_every: 0,
    };
    let mut world = World::new(setting, Want::Up, false);
    world.input(&Input::Pass(0));
    // control/u first, then ./run.
    let hook = *world.alive.keys().next().unwrap();
    world.end(hook, Exit::with_code(0));
    let run = world.own(Side::Service)[0];
    let now = world.now;
    let actions = world.pair.step(
        now,
        PairEvent::Only(Side::Service, Event::Command(Command::Term)),
    );
    let actions: Vec<_> = actions.into_iter().collect();
    assert_eq!(
        actions,
        [PairAction::Of(
            Side::Service,
            Action::Hook(Hook::Term, Some(run))
        )]
    );
    world.pair.step(
        now,
        PairEvent::Only(Side::Service, Event::HookStarted(Hook::Term, 999)),
    );
    let ended = Event::Exited {
        pid: 999,
        exit: Exit::with_code(0),
        finish: false,
    };
    assert!(world.pair.step(now, PairEvent::Both(ended)).is_empty());
}
