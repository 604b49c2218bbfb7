//! Which signal asks for what.

use runit_core::list::List;
use runit_core::power::Ending;
use runit_core::stage::{Hook, Request};
use runit_sys::signal::{self, Arrived, Number};

/// Most requests there can be at once.
const MOST: usize = 9;

/// Requests by signals that mean the same everywhere.
const ALWAYS: [(Number, Request); 4] = [
    (Number::CONT, Request::LookAtStopit),
    (Number::INT, Request::Hook(Hook::CtrlAltDel)),
    (Number::ALRM, Request::Rescan),
    (Number::HUP, Request::Upgrade),
];

/// By signals that only some systems have.
fn power() -> Option<(Number, Request)> {
    Some((Number::power()?, Request::Hook(Hook::PowerFail)))
}

/// What managers of containers send: TERM, and the real-time signals of systemd.
fn container() -> impl Iterator<Item = (Number, Request)> {
    let realtime = [
        (3, Ending::Halt),
        (4, Ending::PowerOff),
        (5, Ending::Restart),
    ];
    let realtime = realtime
        .into_iter()
        .filter_map(|(n, ending)| Some((Number::realtime(n)?, Request::Stop(ending))));
    [(Number::TERM, Request::Stop(Ending::PowerOff))]
        .into_iter()
        .chain(realtime)
}

fn known(in_container: bool) -> impl Iterator<Item = (Number, Request)> {
    let container = in_container.then(container).into_iter().flatten();
    ALWAYS.into_iter().chain(power()).chain(container)
}

/// Listens to all that may ask, and keeps away what may not.
pub fn listen(in_container: bool) {
    signal::listen(&[Number::CHLD]);
    for (number, _) in known(in_container) {
        signal::listen(&[number]);
    }
    #[cfg(feature = "crash-test")]
    super::crash_test::listen();
    let term = [Number::PIPE, Number::TERM];
    signal::block_only(if in_container { &term[..1] } else { &term });
}

/// The requests among the signals that arrived.
pub fn all(arrived: Arrived, in_container: bool) -> List<Request, MOST> {
    let mut requests = List::new();
    requests.extend(
        known(in_container)
            .filter(|(number, _)| arrived.has(*number))
            .map(|(_, request)| request),
    );
    requests
}
