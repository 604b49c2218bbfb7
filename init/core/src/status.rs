//! `supervise/status`, `stat` and `pid`: the state of a service as other programs read it.
//!
//! The one home of the formats, used by runsv to write and by sv and the others to read. Byte for
//! byte those of runit; see spec/surface.md for the tools that parse each of them.

use crate::line::Line;
use crate::tai::Tai64n;

/// Length of the binary record.
pub const RECORD: usize = 20;

/// What a service is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// No process.
    Down,
    /// `./run`.
    Run,
    /// `./finish`.
    Finish,
}

/// What its supervisor wants of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// Restart it whenever it ends.
    Up,
    /// Leave it down.
    Down,
    /// Leave it down, and exit.
    Exit,
}

/// All that a supervisor tells about one side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status {
    /// When `./run` was started, or, when down, when it went down.
    pub since: Tai64n,
    /// Process id of `./run` or `./finish`.
    pub pid: Option<u32>,
    /// Stopped by command `p`.
    pub paused: bool,
    /// The record only tells up from not up: `Exit` reads back as `Down`.
    pub want: Want,
    /// TERM was sent and the process is still there.
    pub got_term: bool,
    /// The state.
    pub state: State,
}

/// The bytes are not a status record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadFormat;

impl Status {
    /// The binary record: stamp, pid little-endian, paused, `u` or `d`, got TERM, state 0/1/2.
    #[must_use]
    pub fn to_record(&self) -> [u8; RECORD] {
        let mut out = [0; RECORD];
        out[..12].copy_from_slice(&self.since.to_bytes());
        out[12..16].copy_from_slice(&self.pid.unwrap_or(0).to_le_bytes());
        out[16] = u8::from(self.paused);
        out[17] = if self.want == Want::Up { b'u' } else { b'd' };
        out[18] = u8::from(self.got_term);
        out[19] = match self.state {
            State::Down => 0,
            State::Run => 1,
            State::Finish => 2,
        };
        out
    }

    /// Reads a binary record.
    ///
    /// # Errors
    /// When the length is not 20 or the state is none of the three.
    pub fn from_record(bytes: &[u8]) -> Result<Status, BadFormat> {
        let record: &[u8; RECORD] = bytes.try_into().map_err(|_| BadFormat)?;
        let mut stamp = [0; 12];
        stamp.copy_from_slice(&record[..12]);
        let pid = u32::from_le_bytes([record[12], record[13], record[14], record[15]]);
        Ok(Status {
            since: Tai64n::from_bytes(&stamp),
            pid: if pid == 0 { None } else { Some(pid) },
            paused: record[16] != 0,
            want: if record[17] == b'u' {
                Want::Up
            } else {
                Want::Down
            },
            got_term: record[18] != 0,
            state: match record[19] {
                0 => State::Down,
                1 => State::Run,
                2 => State::Finish,
                _ => return Err(BadFormat),
            },
        })
    }

    /// The text of `stat`: the state, what is special about it, newline.
    #[must_use]
    pub fn to_stat(&self) -> Line<64> {
        let mut line = Line::new();
        line.push(match self.state {
            State::Down => b"down",
            State::Run => b"run",
            State::Finish => b"finish",
        });
        if self.paused {
            line.push(b", paused");
        }
        if self.got_term {
            line.push(b", got TERM");
        }
        if self.state != State::Down {
            match self.want {
                Want::Up => {}
                Want::Down => {
                    line.push(b", want down");
                }
                Want::Exit => {
                    line.push(b", want exit");
                }
            }
        }
        line.push(b"\n");
        line
    }

    /// The text of `pid`: the number and a newline, or nothing.
    #[must_use]
    pub fn to_pid(&self) -> Line<16> {
        let mut line = Line::new();
        if let Some(pid) = self.pid {
            line.number(pid).push(b"\n");
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_status() -> impl Strategy<Value = Status> {
        let state = prop_oneof![Just(State::Down), Just(State::Run), Just(State::Finish)];
        let want = prop_oneof![Just(Want::Up), Just(Want::Down)];
        (any::<(u64, u32, u32, bool, bool)>(), state, want).prop_map(
            |((sec, nano, pid, paused, got_term), state, want)| {
                let pid = if pid == 0 { None } else { Some(pid) };
                Status {
                    since: Tai64n { sec, nano },
                    pid,
                    paused,
                    want,
                    got_term,
                    state,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn records_survive_a_round_trip(status in any_status()) {
            prop_assert_eq!(Status::from_record(&status.to_record()), Ok(status));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(status) = Status::from_record(&bytes) {
                prop_assert_eq!(bytes.len(), RECORD);
                prop_assert!(status.to_stat().as_bytes().ends_with(b"\n"));
            }
        }
    }

    #[test]
    fn stat_tells_state_then_what_is_special() {
        let mut s = Status {
            since: Tai64n::default(),
            pid: Some(7),
            paused: true,
            want: Want::Exit,
            got_term: true,
            state: State::Run,
        };
        assert_eq!(
            s.to_stat().as_bytes(),
            b"run, paused, got TERM, want exit\n"
        );
        assert_eq!(s.to_pid().as_bytes(), b"7\n");
        s = Status {
            pid: None,
            paused: false,
            got_term: false,
            want: Want::Down,
            state: State::Down,
            ..s
        };
        assert_eq!(s.to_stat().as_bytes(), b"down\n");
        assert_eq!(s.to_pid().as_bytes(), b"");
    }
}
