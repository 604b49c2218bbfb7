//! What was typed: the command words of sv and what each of them means.
//!
//! Long words are matched whole; for everything else the first letter decides, as it always did.

use runit_core::goal::Goal;

/// What one call of sv does to each service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Print the status.
    Status,
    /// Send these control bytes (none for `check`) and, perhaps, wait.
    Control {
        /// Control bytes.
        send: &'static [u8],
        /// What to wait for.
        goal: Goal,
        /// Whether it waits and reports even without `-v`.
        waits: bool,
        /// Whether the service is killed when the time is over.
        kills: bool,
    },
}

/// The order behind a word, `None` where there is no such word.
#[must_use]
pub fn order(word: &[u8]) -> Option<Order> {
    Some(match word {
        b"start" => waiting(b"u", Goal::Up),
        b"stop" => waiting(b"d", Goal::Down),
        b"shutdown" => waiting(b"x", Goal::Gone),
        b"reload" => waiting(b"h", Goal::Sent),
        b"restart" => waiting(b"tcu", Goal::Restarted),
        b"try-restart" => waiting(b"tc", Goal::Ended),
        b"check" => waiting(b"", Goal::AsRequested),
        b"force-stop" => killing(b"d", Goal::Down),
        b"force-reload" => killing(b"tc", Goal::Ended),
        b"force-restart" => killing(b"tcu", Goal::Restarted),
        b"force-shutdown" => killing(b"x", Goal::Gone),
        _ => by_first_letter(*word.first()?)?,
    })
}

/// The order behind a letter, `None` where it has none.
#[must_use]
pub fn by_first_letter(letter: u8) -> Option<Order> {
    Some(match letter {
        b's' => Order::Status,
        b'u' => plain(b"u", Goal::Up),
        b'd' => plain(b"d", Goal::Down),
        b'o' => plain(b"o", Goal::Once),
        b't' => plain(b"t", Goal::Ended),
        b'p' => plain(b"p", Goal::Paused),
        b'c' => plain(b"c", Goal::Continued),
        b'x' | b'e' => plain(b"x", Goal::Gone),
        b'h' => plain(b"h", Goal::Sent),
        b'a' => plain(b"a", Goal::Sent),
        b'i' => plain(b"i", Goal::Sent),
        b'q' => plain(b"q", Goal::Sent),
        b'k' => plain(b"k", Goal::Ended),
        b'1' => plain(b"1", Goal::Sent),
        b'2' => plain(b"2", Goal::Sent),
        b'X' | b'E' => killing(b"x", Goal::Gone),
        b'D' => killing(b"d", Goal::Down),
        b'T' => killing(b"tc", Goal::Ended),
        _ => return None,
    })
}

const fn plain(send: &'static [u8], goal: Goal) -> Order {
    Order::Control {
        send,
        goal,
        waits: false,
        kills: false,
    }
}

const fn waiting(send: &'static [u8], goal: Goal) -> Order {
    Order::Control {
        send,
        goal,
        waits: true,
        kills: false,
    }
}

const fn killing(send: &'static [u8], goal: Goal) -> Order {
    Order::Control {
        send,
        goal,
        waits: true,
        kills: true,
    }
}
