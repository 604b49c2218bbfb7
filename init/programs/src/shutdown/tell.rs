//! What people are told, on all their terminals, by shutdown, halt and their like.
//!
//! A child does it, so that whoever tells never waits for a terminal.

use runit_core::line::Line;
use runit_core::log_label::civil;
use runit_core::pending::What;
use runit_sys::signal::{self, Number};
use runit_sys::{clock, localtime, spawn, user, wall};

/// Seconds after which the child is ended, whatever it hangs on.
const MOST_SECONDS: u32 = 10;

/// What there is to tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum News {
    /// It is time.
    Now,
    /// It comes in so many minutes.
    In(u64),
    /// It does not come.
    Cancelled,
    /// It should have come, and could not be.
    Failed,
}

/// Tells everybody, without waiting for it. The caller's child is nobody's concern: ended by
/// itself, and soon.
pub fn everybody(what: What, news: News, message: &[u8]) {
    let text = text(what, news, message);
    let _ = spawn::fork(|| {
        signal::default(Number::ALRM);
        signal::unblock_all();
        user::alarm(MOST_SECONDS);
        wall::tell(text.as_bytes());
        0
    });
}

fn text(what: What, news: News, message: &[u8]) -> Line<1024> {
    let mut text = Line::new();
    let now = clock::wall().unix_sec();
    text.push(b"\r\n\x07shutdown on ").push(&wall::host());
    text.push(b", ");
    push_time(&mut text, now, false);
    text.push(b": ");
    match (what, news) {
        (_, News::Cancelled) => {
            text.push(b"the shutdown is cancelled (").push(what.word());
            text.push(b")");
        }
        (_, News::Failed) => {
            text.push(b"the shutdown failed (").push(what.word());
            text.push(b")");
        }
        (What::OnlyTell, News::Now) => {
            text.push(b"warning");
        }
        (_, News::Now) => {
            text.push(b"the system goes down NOW (").push(what.word());
            text.push(b")");
        }
        (_, News::In(minutes)) => {
            text.push(b"the system goes down in ");
            text.number(i64::try_from(minutes).unwrap_or(i64::MAX));
            text.push(if minutes == 1 {
                b" minute ("
            } else {
                b" minutes ("
            });
            text.push(if what == What::OnlyTell {
                b"shutdown"
            } else {
                what.word()
            });
            text.push(b")");
        }
    }
    if !message.is_empty() {
        text.push(b":\r\n").push(message);
    }
    text.push(b"\r\n\r\n");
    text
}

/// The time of day, `14:29:03`, with the date before it if wanted: on the wall, here.
pub fn push_time<const N: usize>(text: &mut Line<N>, unix: i64, with_date: bool) {
    localtime::read_rules();
    let at = civil(unix.saturating_add(localtime::seconds_east(unix)));
    if with_date {
        text.number(at.year).push(b"-");
        two(text, at.month).push(b"-");
        two(text, at.day).push(b" ");
    }
    two(text, at.hour).push(b":");
    two(text, at.minute).push(b":");
    two(text, at.second);
}

fn two<const N: usize>(text: &mut Line<N>, number: u8) -> &mut Line<N> {
    text.push(&[b'0' + number / 10, b'0' + number % 10])
}
