//! The command line of shutdown: options of sysvinit, systemd and Void, which may also stand behind
//! the time, as people type them; then the time; then the message.

use runit_core::decimal;
use runit_core::pending::{MESSAGE, What, printable};
use runit_core::power::Ending;
use runit_core::when::{self, When};
use runit_sys::entry::Args;

/// What follows the name of the program.
pub const USAGE: &[u8] = b" [-akrhPHfFnc] [-t sec] [--no-wall] [--show] [time] [message ...]\n\
 time         now, +minutes or hh:mm; +1 where none is given\n\
 -P, -h       switch the machine off; also where no other way is given\n\
 -H, -r       halt it, restart it\n\
 -k           only tell everybody\n\
 -c           cancel the shutdown that is pending\n\
 --show       tell of the shutdown that is pending\n\
 --no-wall    tell nobody\n\
 -f, -F       at the next boot: no file system checks, or all of them\n\
 -t sec       seconds between TERM and KILL for what runs beside the services\n\
 -a, -n       accepted, without effect";

/// A shutdown that is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// What is to happen.
    pub what: What,
    /// When.
    pub when: When,
    /// Everybody is told.
    pub wall: bool,
    /// Checks at the next boot: none, or all.
    pub checks: Option<Checks>,
    /// Seconds between TERM and KILL.
    pub kill_wait: Option<u64>,
    /// What people are told besides.
    pub message: Vec<u8>,
}

/// What is to be different about file system checks at the next boot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Checks {
    None,
    All,
}

/// What the arguments mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// To end the system, now or later.
    Work(Order),
    /// To cancel what is pending; with a message, and whether everybody is told.
    Cancel(Vec<u8>, bool),
    /// To tell what is pending.
    Show,
    /// To explain.
    Help,
    /// Something this program does not know.
    Unknown,
    /// A time that is none.
    BadTime(Vec<u8>),
}

/// Reads all arguments.
pub fn read(args: &Args) -> Asked {
    read_words(args.iter().skip(1).map(|arg| arg.to_bytes()))
}

fn read_words<'a>(words: impl Iterator<Item = &'a [u8]>) -> Asked {
    let mut ending = Ending::PowerOff;
    let (mut only_tell, mut cancel, mut show, mut wall) = (false, false, false, true);
    let (mut checks, mut kill_wait) = (None, None);
    let mut operands: Vec<&[u8]> = Vec::new();
    let (mut is_seconds, mut options_over) = (false, false);
    for word in words {
        if is_seconds {
            is_seconds = false;
            match decimal::unsigned(word) {
                Some(seconds) => kill_wait = Some(seconds),
                None => return Asked::Unknown,
            }
            continue;
        }
        match word {
            _ if options_over => operands.push(word),
            b"--" => options_over = true,
            b"--help" => return Asked::Help,
            b"--show" => show = true,
            b"--no-wall" => wall = false,
            b"--halt" => ending = Ending::Halt,
            b"--poweroff" => ending = Ending::PowerOff,
            b"--reboot" => ending = Ending::Restart,
            [b'-', letters @ ..] if !letters.is_empty() && !letters.starts_with(b"-") => {
                for (at, letter) in letters.iter().enumerate() {
                    match letter {
                        // Of -h and -H the second says more.
                        b'h' if ending == Ending::Halt => {}
                        b'h' | b'P' => ending = Ending::PowerOff,
                        b'H' => ending = Ending::Halt,
                        b'r' => ending = Ending::Restart,
                        b'k' => only_tell = true,
                        b'c' => cancel = true,
                        b'f' => checks = Some(Checks::None),
                        b'F' => checks = Some(Checks::All),
                        b't' => {
                            let rest = &letters[at + 1..];
                            is_seconds = rest.is_empty();
                            if !is_seconds {
                                kill_wait = decimal::unsigned(rest);
                                if kill_wait.is_none() {
                                    return Asked::Unknown;
                                }
                            }
                            break;
                        }
                        b'a' | b'n' => {}
                        _ => return Asked::Unknown,
                    }
                }
            }
            _ if word.starts_with(b"--") => return Asked::Unknown,
            _ => operands.push(word),
        }
    }
    if is_seconds {
        return Asked::Unknown;
    }
    if show {
        return Asked::Show;
    }
    if cancel {
        return Asked::Cancel(message(&operands), wall);
    }
    let when = match operands.first() {
        None => When::In(1),
        Some(text) => match when::parse(text) {
            Some(when) => when,
            None => return Asked::BadTime(text.to_vec()),
        },
    };
    Asked::Work(Order {
        what: if only_tell {
            What::OnlyTell
        } else {
            What::End(ending)
        },
        when,
        wall,
        checks,
        kill_wait,
        message: message(operands.get(1..).unwrap_or_default()),
    })
}

/// The words in one line that any terminal may be shown.
fn message(words: &[&[u8]]) -> Vec<u8> {
    let text = words.join(&b" "[..]);
    text.into_iter().map(printable).take(MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Asked {
        read_words(line.split_whitespace().map(str::as_bytes))
    }

    fn order(line: &str) -> Order {
        match asked(line) {
            Asked::Work(order) => order,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn options_may_stand_before_and_behind_the_time() {
        for line in ["-r now", "now -r", "--reboot now", "-rf now", "-h -r now"] {
            let order = order(line);
            assert_eq!(order.what, What::End(Ending::Restart), "{line}");
            assert_eq!(order.when, When::In(0), "{line}");
        }
        for line in [
            "-h now",
            "-P now",
            "now",
            "",
            "+5",
            "-h -P 12:00",
            "-ahn now",
        ] {
            assert_eq!(order(line).what, What::End(Ending::PowerOff), "{line}");
        }
        for line in ["-H now", "-hH now", "-Hh now", "-h -H +1", "--halt"] {
            assert_eq!(order(line).what, What::End(Ending::Halt), "{line}");
        }
        assert_eq!(order("-kr +5").what, What::OnlyTell);
        assert_eq!(order("-r").when, When::In(1));
        assert_eq!(order("-t5 now").kill_wait, Some(5));
        assert_eq!(order("now -t 7").kill_wait, Some(7));
        assert_eq!(order("-F now").checks, Some(Checks::All));
        assert!(!order("--no-wall now").wall);
    }

    #[test]
    fn the_rest_is_the_message() {
        assert_eq!(order("-r +5 new kernel").message, b"new kernel");
        assert_eq!(order("+5 - is a dash").message, b"- is a dash");
        assert_eq!(order("+5 -- -r --show").message, b"-r --show");
        assert_eq!(
            asked("-c never mind"),
            Asked::Cancel(b"never mind".to_vec(), true)
        );
        assert_eq!(asked("-c --no-wall"), Asked::Cancel(Vec::new(), false));
    }

    #[test]
    fn what_it_does_not_know_it_does_not_guess() {
        for line in [
            "-x",
            "-rx now",
            "--forced",
            "-t",
            "-t x now",
            "-tx now",
            "--rebooT now",
        ] {
            assert_eq!(asked(line), Asked::Unknown, "{line}");
        }
        for line in ["soon", "-r 25:00", "message", "-h +1h"] {
            assert!(matches!(asked(line), Asked::BadTime(_)), "{line}");
        }
        assert_eq!(asked("--show -r now"), Asked::Show);
        assert_eq!(asked("-r --help"), Asked::Help);
    }
}
