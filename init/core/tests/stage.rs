//! Process 1 under random events: what must hold whatever happens.
//!
//! `World` plays the rest of the system: it answers what the machine asks for as the driver would,
//! keeps the children, and complains when the machine breaks a promise.

use proptest::prelude::*;
use runit_core::clock::Mono;
use runit_core::exit::Exit;
use runit_core::power::{Ending, Flag, Flags, Seen};
use runit_core::resume::{Handover, Resumed, argument};
use runit_core::stage::{
    Action, Event, HOOKS, Hook, Init, Message, PROBED, Program, Request, Stage,
};

/// What may happen next; the rest follows from the state of the world.
#[derive(Clone, Copy, Debug)]
enum Step {
    Request(Request),
    /// The stage ends so.
    StageEnds(Exit),
    /// The hook ends so.
    HookEnds(Hook, Exit),
    /// The image on trial ends so.
    ProbeEnds(Exit),
    /// An orphan ends.
    OrphanEnds,
    /// Time passes, milliseconds.
    Wait(u64),
    /// The files change.
    Stopit(bool),
    Files(Seen),
    /// From now on fork works or not, and hooks exist or not.
    Fork(bool),
    Hooks(bool),
    /// The process executes itself anew and is told its state.
    Resume,
}

#[derive(Debug)]
struct World {
    init: Init,
    now: Mono,
    next_pid: u32,
    stage: Option<(Stage, u32)>,
    hooks: [Option<u32>; 2],
    probes: Vec<u32>,
    stopit: bool,
    files: Seen,
    fork: bool,
    have_hooks: bool,
    begun: Vec<Stage>,
    finished: Option<Ending>,
    said: Vec<Message>,
    hook_runs: [usize; 2],
    /// Asked for and not begun since.
    owed: [bool; 2],
    /// The keys are to be tried again.
    not_forked: bool,
    termed: bool,
    became: usize,
}

const ENDED: Exit = Exit(0);

impl World {
    fn new(container: bool) -> World {
        let mut world = World {
            init: Init::new(container),
            now: Mono(1_000_000),
            next_pid: 2,
            stage: None,
            hooks: [None; 2],
            probes: Vec::new(),
            stopit: false,
            files: Seen::NONE,
            fork: true,
            have_hooks: true,
            begun: Vec::new(),
            finished: None,
            said: Vec::new(),
            hook_runs: [0; 2],
            owed: [false; 2],
            not_forked: false,
            termed: false,
            became: 0,
        };
        world.feed(Event::Begin);
        world
    }

    fn spawn(&mut self) -> Option<u32> {
        self.next_pid += 1;
        self.fork.then_some(self.next_pid)
    }

    /// As the driver does, which hands over only the ends of processes the machine knows.
    fn ended(&mut self, pid: u32, exit: Exit) {
        if self.init.knows(pid) {
            self.feed(Event::Exited { pid, exit });
            return;
        }
        let mut same = self.init;
        let actions = same.step(self.now, Event::Exited { pid, exit });
        assert_eq!((actions.into_iter().count(), same), (0, self.init));
    }

    fn feed(&mut self, event: Event) {
        for action in self.init.step(self.now, event) {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        assert_eq!(self.finished, None, "{action:?} after the end");
        match action {
            Action::Start(stage) => {
                assert_eq!(self.stage, None, "two stages at once");
                let last = self.begun.last().copied();
                assert!(
                    last.is_none_or(|last| last <= stage),
                    "{stage:?} after {last:?}"
                );
                assert!(
                    last != Some(stage) || stage == Stage::Two,
                    "{stage:?} twice"
                );
                match self.spawn() {
                    Some(pid) => {
                        self.begun.push(stage);
                        self.stage = Some((stage, pid));
                        self.termed = false;
                        self.feed(Event::Started(pid));
                    }
                    None => self.feed(Event::NotStarted),
                }
            }
            Action::RunHook(hook) | Action::RetryHook(hook) => {
                assert_eq!(self.hooks[hook as usize], None, "a hook twice at once");
                assert_ne!(self.init.stage(), Stage::One, "a hook in stage 1");
                self.owed[hook as usize] = false;
                self.not_forked &= hook != Hook::CtrlAltDel;
                if !self.have_hooks {
                    self.feed(Event::NoHook(hook));
                } else if let Some(pid) = self.spawn() {
                    self.hooks[hook as usize] = Some(pid);
                    self.hook_runs[hook as usize] += 1;
                    self.feed(Event::HookStarted(hook, pid));
                } else {
                    self.not_forked |= hook == Hook::CtrlAltDel;
                    self.feed(Event::HookNotStarted(hook));
                }
            }
            Action::LookAtStopit => {
                let set = std::mem::take(&mut self.stopit);
                self.feed(Event::Stopit(set));
            }
            Action::ReadFlags => self.feed(Event::Flags(self.files)),
            Action::Term(pid) => {
                assert_eq!(self.stage, Some((Stage::Two, pid)));
                assert!(!self.termed, "TERM twice");
                self.termed = true;
            }
            Action::Alarm(pid) => {
                assert_eq!(self.stage, Some((Stage::Two, pid)));
                assert!(!self.termed, "ALRM to a stage that is to end");
            }
            Action::Kill(pid) => {
                let stage = self.stage == Some((Stage::Two, pid)) && self.termed;
                assert!(stage || self.probes.contains(&pid), "KILL to {pid}");
            }
            Action::KillGroup(_) => assert_eq!(self.stage, None),
            Action::Probe => match self.spawn() {
                Some(pid) => {
                    self.probes.push(pid);
                    self.feed(Event::Probing(pid));
                }
                None => self.feed(Event::NoProbe),
            },
            Action::BadImage(_) => {}
            Action::Become => {
                self.became += 1;
                self.resume();
            }
            Action::Say(message) => self.said.push(message),
            Action::Finish(ending) => {
                assert_eq!(self.begun.last(), Some(&Stage::Three), "no stage 3");
                assert_eq!(self.stage, None, "the end before stage 3 ended");
                self.finished = Some(ending);
            }
        }
    }

    fn resume(&mut self) {
        let handover = Handover {
            signal: Some(11),
            crashes: 2,
            last_crash: self.now,
            arrived: 1 << 63 | 5,
            image: Some(0),
            terminal: true,
            console: true,
        };
        let text = argument(&handover, self.init.to_text().as_bytes(), b"/sbin/runit");
        let resumed = Resumed::from_argument(text.as_bytes()).expect("readable");
        assert_eq!(resumed.handover, handover);
        assert_eq!(resumed.path, b"/sbin/runit");
        let init = resumed.init.expect("a state");
        assert_eq!(init.to_text().as_bytes(), self.init.to_text().as_bytes());
        self.init = init;
        self.probes.clear();
        self.feed(Event::Begin);
    }

    fn step(&mut self, step: Step) {
        if self.finished.is_some() {
            return;
        }
        match step {
            Step::Request(request) => {
                if let (Request::Hook(hook), Stage::One | Stage::Two) = (request, self.init.stage())
                {
                    self.owed[hook as usize] = true;
                }
                self.feed(Event::Request(request));
            }
            Step::StageEnds(exit) => {
                if let Some((_, pid)) = self.stage.take() {
                    self.ended(pid, exit);
                }
            }
            Step::HookEnds(hook, exit) => {
                if let Some(pid) = self.hooks[hook as usize].take() {
                    self.ended(pid, exit);
                }
            }
            Step::ProbeEnds(exit) => {
                if let Some(pid) = self.probes.pop() {
                    self.ended(pid, exit);
                }
            }
            Step::OrphanEnds => self.ended(1_000_000, ENDED),
            Step::Wait(ms) => {
                self.now = self.now.plus_ms(ms);
                self.feed(Event::Wake);
                let due = self.init.deadline();
                assert!(due.is_none_or(|due| due > self.now), "a deadline stays due");
            }
            Step::Stopit(set) => self.stopit = set,
            Step::Files(flags) => self.files = flags,
            Step::Fork(works) => self.fork = works,
            Step::Hooks(there) => self.have_hooks = there,
            Step::Resume => self.resume(),
        }
        self.check();
    }

    fn check(&self) {
        assert_eq!(
            self.init.stage_pid(),
            self.stage.map(|(_, pid)| pid),
            "the machine knows its stage"
        );
        for hook in HOOKS {
            assert_eq!(self.init.hook_pid(hook), self.hooks[hook as usize]);
            let could = matches!(self.stage, Some((Stage::Two, _)));
            let retry = self.not_forked && hook == Hook::CtrlAltDel;
            assert!(
                !(retry && could) || self.init.deadline().is_some(),
                "a hook that could not be forked is not tried again"
            );
            let idle = self.hooks[hook as usize].is_none() && !retry;
            assert!(
                !(self.owed[hook as usize] && could && idle),
                "a request for {hook:?} was dropped"
            );
        }
        // Something is always on its way: a stage, a deadline, or the end.
        assert!(
            self.stage.is_some() || self.init.deadline().is_some() || self.finished.is_some(),
            "stuck: {self:?}"
        );
    }

    /// Lets everything end by itself, with forks working.
    fn run_out(&mut self) -> Ending {
        self.fork = true;
        for _ in 0..20 {
            if let Some(ending) = self.finished {
                return ending;
            }
            self.step(Step::StageEnds(ENDED));
            self.step(Step::Wait(10_000));
        }
        panic!("no end: {self:?}");
    }
}

fn exits() -> impl Strategy<Value = Exit> {
    prop_oneof![
        Just(ENDED),
        Just(Exit::with_code(100)),
        Just(Exit::with_code(111)),
        Just(Exit::with_code(PROBED)),
        Just(Exit::with_code(3)),
        Just(Exit::by_signal(9)),
        Just(Exit(139)),
    ]
}

fn endings() -> impl Strategy<Value = Ending> {
    (1..=4u64).prop_map(|n| Ending::from_number(n).expect("1 to 4"))
}

fn hooks() -> impl Strategy<Value = Hook> {
    prop_oneof![Just(Hook::CtrlAltDel), Just(Hook::PowerFail)]
}

fn requests() -> impl Strategy<Value = Request> {
    prop_oneof![
        Just(Request::LookAtStopit),
        hooks().prop_map(Request::Hook),
        endings().prop_map(Request::Stop),
        Just(Request::Rescan),
        Just(Request::Upgrade),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => requests().prop_map(Step::Request),
        3 => exits().prop_map(Step::StageEnds),
        3 => (hooks(), exits()).prop_map(|(hook, exit)| Step::HookEnds(hook, exit)),
        2 => exits().prop_map(Step::ProbeEnds),
        1 => Just(Step::OrphanEnds),
        3 => (0..7000u64).prop_map(Step::Wait),
        2 => any::<bool>().prop_map(Step::Stopit),
        1 => any::<(u8, u8)>().prop_map(|(etc, run)| Step::Files(seen(etc, run))),
        1 => any::<bool>().prop_map(Step::Fork),
        1 => any::<bool>().prop_map(Step::Hooks),
        2 => Just(Step::Resume),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_history_comes_to_an_end_after_stage_3(
        container in any::<bool>(),
        steps in proptest::collection::vec(steps(), 0..60),
    ) {
        let mut world = World::new(container);
        for step in steps {
            world.step(step);
        }
        world.run_out();
        prop_assert_eq!(world.begun.last(), Some(&Stage::Three));
    }

    #[test]
    fn no_argument_makes_the_next_image_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut text = b"--resume=".to_vec();
        text.extend_from_slice(&bytes);
        if let Some(resumed) = Resumed::from_argument(&text) {
            prop_assert!(resumed.path.len() <= 255);
        }
    }

    #[test]
    fn no_state_makes_the_next_image_panic(state in "[a-z0-9,]{0,80}", steps in proptest::collection::vec(steps(), 0..20)) {
        if let Some(mut init) = Init::from_text(state.as_bytes()) {
            let mut now = Mono(0);
            for step in steps {
                now = now.plus_ms(1000);
                if let Step::Request(request) = step {
                    let _ = init.step(now, Event::Request(request));
                }
                let _ = init.step(now, Event::Wake);
            }
        }
    }

    #[test]
    fn a_stop_asked_for_in_stage_1_is_not_forgotten(
        steps in proptest::collection::vec(prop_oneof![
            Just(Step::OrphanEnds), Just(Step::Resume), (0..7000u64).prop_map(Step::Wait),
            Just(Step::Request(Request::Rescan)), Just(Step::Request(Request::Upgrade)),
        ], 0..20),
    ) {
        let mut world = World::new(false);
        world.stopit = true;
        world.step(Step::Request(Request::LookAtStopit));
        for step in steps {
            world.step(step);
        }
        world.step(Step::StageEnds(ENDED));
        prop_assert_eq!(&world.begun, &[Stage::One, Stage::Three]);
        prop_assert!(world.said.contains(&Message::Remembered));
    }

    #[test]
    fn in_a_container_the_last_wish_decides(wishes in proptest::collection::vec(endings(), 1..6)) {
        let mut world = World::new(true);
        for (at, &wish) in wishes.iter().enumerate() {
            world.step(Step::Request(Request::Stop(wish)));
            if at % 2 == 0 {
                world.step(Step::StageEnds(ENDED));
            }
            if world.finished.is_some() {
                return Ok(());
            }
        }
        prop_assert_eq!(world.run_out(), *wishes.last().expect("one"));
    }
}

fn seen(etc: u8, run: u8) -> Seen {
    Seen {
        etc: Flags::from_number(etc.into()),
        run: Flags::from_number(run.into()),
    }
}

const GONE: Flags = Flags {
    poweroff: Flag::Unknown,
    kexec: Flag::Unknown,
    reboot: Flag::Unknown,
    halt: Flag::Unknown,
};
const REBOOT: Flags = Flags {
    reboot: Flag::Set,
    ..GONE
};

const fn in_run(run: Flags) -> Seen {
    Seen { etc: GONE, run }
}

fn in_stage_2() -> World {
    let mut world = World::new(false);
    world.step(Step::StageEnds(ENDED));
    world
}

#[test]
fn an_exit_of_100_skips_stage_2() {
    let mut world = World::new(false);
    world.step(Step::StageEnds(Exit::with_code(100)));
    assert_eq!(world.begun, [Stage::One, Stage::Three]);
    let stage_1 = Program::Stage(Stage::One);
    assert_eq!(
        world.said[..3],
        [
            Message::Failed(stage_1),
            Message::Leave(stage_1),
            Message::SkippingStage2
        ]
    );
}

#[test]
fn a_stage_2_that_crashed_starts_again_after_five_seconds() {
    let mut world = in_stage_2();
    world.step(Step::StageEnds(Exit::by_signal(9)));
    world.step(Step::Wait(4999));
    assert_eq!(world.begun, [Stage::One, Stage::Two]);
    world.step(Step::Wait(1));
    assert_eq!(world.begun, [Stage::One, Stage::Two, Stage::Two]);
}

#[test]
fn a_stop_is_obeyed_while_stage_2_waits_for_its_restart() {
    let mut world = in_stage_2();
    world.step(Step::StageEnds(Exit::with_code(111)));
    world.step(Step::Stopit(true));
    world.step(Step::Request(Request::LookAtStopit));
    assert_eq!(world.begun, [Stage::One, Stage::Two, Stage::Three]);
}

#[test]
fn a_restart_is_one_even_when_its_flag_is_unmounted_in_stage_3() {
    let mut world = in_stage_2();
    world.step(Step::Files(in_run(REBOOT)));
    world.step(Step::Stopit(true));
    world.step(Step::Request(Request::LookAtStopit));
    world.step(Step::StageEnds(Exit::by_signal(15)));
    world.step(Step::Files(in_run(GONE)));
    assert_eq!(world.run_out(), Ending::Restart);
}

#[test]
fn a_flag_set_in_stage_3_counts() {
    let mut world = in_stage_2();
    world.step(Step::StageEnds(ENDED));
    world.step(Step::Files(in_run(REBOOT)));
    assert_eq!(world.run_out(), Ending::Restart);
}

#[test]
fn stage_2_has_five_seconds_and_then_gets_kill_once() {
    let mut world = in_stage_2();
    world.step(Step::Stopit(true));
    world.step(Step::Request(Request::LookAtStopit));
    assert!(world.termed);
    world.step(Step::Wait(4999));
    assert!(!world.said.contains(&Message::NotTerminated));
    world.step(Step::Wait(1));
    world.step(Step::Wait(60_000));
    let killed = world.said.iter().filter(|&&m| m == Message::NotTerminated);
    assert_eq!(killed.count(), 1);
    world.step(Step::StageEnds(Exit::by_signal(9)));
    assert_eq!(world.begun.last(), Some(&Stage::Three));
}

#[test]
fn keys_pressed_while_their_hook_runs_run_it_once_more() {
    let mut world = in_stage_2();
    for _ in 0..5 {
        world.step(Step::Request(Request::Hook(Hook::CtrlAltDel)));
    }
    assert_eq!(world.hook_runs, [1, 0]);
    // The other hook does not wait for it.
    world.step(Step::Request(Request::Hook(Hook::PowerFail)));
    assert_eq!(world.hook_runs, [1, 1]);
    world.step(Step::HookEnds(Hook::CtrlAltDel, ENDED));
    world.step(Step::HookEnds(Hook::CtrlAltDel, ENDED));
    assert_eq!(world.hook_runs, [2, 1]);
}

#[test]
fn a_hook_that_sets_stopit_stops_the_system() {
    let mut world = in_stage_2();
    world.step(Step::Request(Request::Hook(Hook::CtrlAltDel)));
    world.step(Step::Stopit(true));
    assert!(!world.termed);
    world.step(Step::HookEnds(Hook::CtrlAltDel, Exit::by_signal(9)));
    assert!(world.termed);
}

#[test]
fn without_hooks_the_keys_stop_a_container_and_nothing_else() {
    for container in [false, true] {
        let mut world = World::new(container);
        world.step(Step::StageEnds(ENDED));
        world.step(Step::Hooks(false));
        world.step(Step::Request(Request::Hook(Hook::CtrlAltDel)));
        assert_eq!(world.termed, container);
        if container {
            assert_eq!(world.run_out(), Ending::Restart);
        }
    }
}

#[test]
fn outside_a_container_nobody_stops_the_system_without_files() {
    let mut world = in_stage_2();
    world.step(Step::Request(Request::Stop(Ending::PowerOff)));
    assert!(!world.termed);
}

#[test]
fn a_new_image_takes_over_only_when_it_proved_that_it_starts() {
    let mut world = in_stage_2();
    world.step(Step::Request(Request::Upgrade));
    world.step(Step::ProbeEnds(ENDED));
    assert_eq!(world.became, 0);
    world.step(Step::Request(Request::Upgrade));
    world.step(Step::ProbeEnds(Exit::with_code(PROBED)));
    assert_eq!(world.became, 1);
    assert!(world.probes.is_empty(), "one upgrade is one trial");
}

#[test]
fn an_upgrade_asked_for_during_a_trial_is_tried_again() {
    let mut world = in_stage_2();
    world.step(Step::Request(Request::Upgrade));
    world.step(Step::Request(Request::Upgrade));
    world.step(Step::ProbeEnds(Exit::with_code(PROBED)));
    assert_eq!((world.became, world.probes.len()), (0, 1));
    world.step(Step::ProbeEnds(Exit::with_code(PROBED)));
    assert_eq!((world.became, world.probes.len()), (1, 0));
}

#[test]
fn a_trial_that_hangs_is_killed_after_five_seconds() {
    let mut world = in_stage_2();
    world.step(Step::Request(Request::Upgrade));
    assert_eq!(world.init.deadline(), Some(world.now.plus_ms(5000)));
    world.step(Step::Wait(5000));
    assert_eq!(world.init.deadline(), None);
    world.step(Step::ProbeEnds(Exit::by_signal(9)));
    assert_eq!(world.became, 0);
}

#[test]
fn stages_that_ended_unseen_are_followed_by_what_keeps_the_system_going() {
    let mut world = World::new(false);
    world.stage = None;
    world.feed(Event::Lost);
    assert_eq!(world.begun, [Stage::One, Stage::Two]);
    world.stage = None;
    world.feed(Event::Lost);
    world.step(Step::Wait(5000));
    assert_eq!(world.begun, [Stage::One, Stage::Two, Stage::Two]);
}

#[test]
fn an_idle_system_has_no_deadline() {
    assert_eq!(in_stage_2().init.deadline(), None);
}

#[test]
fn states_of_a_later_version_with_more_fields_are_read() {
    let text = in_stage_2().init.to_text();
    let mut longer = text.as_bytes().to_vec();
    longer.extend_from_slice(b",z7,y1");
    let init = Init::from_text(&longer).expect("unknown letters are skipped");
    assert_eq!(init.to_text().as_bytes(), text.as_bytes());
    for bad in [
        &b""[..],
        b"v1",
        b"v2,s2,l1,p5",
        b"v1,s2,l1,p0",
        b"v1,s2,l1,p1",
        b"v1,s4,l0",
        b"v1,s1,l3",
        b"v1,s2,l1,p99999999999",
        b"v1,,s2",
        b"s2,l1,p5",
    ] {
        assert_eq!(
            Init::from_text(bad),
            None,
            "{}",
            String::from_utf8_lossy(bad)
        );
    }
}
