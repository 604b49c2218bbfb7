//! The 20 bytes of `supervise/status`, decoded apart from the programs' own codec on purpose.

/// What the process is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Down,
    Run,
    Finish,
}

/// What it was asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    Up,
    Down,
    Nothing,
}

/// The decoded record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status {
    /// Seconds since 1970 (the TAI64 label without its offset; runit counts 10 leap seconds).
    pub since: u64,
    pub nanos: u32,
    /// 0 if there is none.
    pub pid: u32,
    pub paused: bool,
    pub want: Want,
    pub got_term: bool,
    pub state: State,
}

impl Status {
    /// What `supervise/stat` says in this state, up to the wish to exit, which looks like one for down.
    pub fn stat(&self) -> String {
        let mut text = match self.state {
            State::Down => "down",
            State::Run => "run",
            State::Finish => "finish",
        }
        .to_string();
        let flags = [
            (self.paused, ", paused"),
            (self.got_term, ", got TERM"),
            (
                self.want == Want::Down && self.state != State::Down,
                ", want down",
            ),
        ];
        flags
            .into_iter()
            .filter(|f| f.0)
            .for_each(|f| text.push_str(f.1));
        text
    }

    /// The 20 bytes.
    pub fn encode(&self) -> [u8; 20] {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&(self.since + (1 << 62) + 10).to_be_bytes());
        bytes[8..12].copy_from_slice(&self.nanos.to_be_bytes());
        bytes[12..16].copy_from_slice(&self.pid.to_le_bytes());
        bytes[16] = u8::from(self.paused);
        bytes[17] = match self.want {
            Want::Up => b'u',
            Want::Down => b'd',
            Want::Nothing => 0,
        };
        bytes[18] = u8::from(self.got_term);
        bytes[19] = match self.state {
            State::Down => 0,
            State::Run => 1,
            State::Finish => 2,
        };
        bytes
    }

    /// Decodes exactly 20 bytes whose every flag has a known value.
    pub fn decode(bytes: &[u8]) -> Result<Status, String> {
        let bytes: &[u8; 20] = bytes
            .try_into()
            .map_err(|_| format!("{} bytes instead of 20", bytes.len()))?;
        let tai = u64::from_be_bytes(bytes[..8].try_into().expect("8 bytes"));
        let flag = |at: usize| match bytes[at] {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!("byte {at} is {other}, no flag")),
        };
        Ok(Status {
            since: tai
                .checked_sub((1 << 62) + 10)
                .ok_or(format!("TAI64 label {tai:#x} before 1970"))?,
            nanos: u32::from_be_bytes(bytes[8..12].try_into().expect("4 bytes")),
            pid: u32::from_le_bytes(bytes[12..16].try_into().expect("4 bytes")),
            paused: flag(16)?,
            want: match bytes[17] {
                b'u' => Want::Up,
                b'd' => Want::Down,
                0 => Want::Nothing,
                other => return Err(format!("byte 17 is {other}, no wish")),
            },
            got_term: flag(18)?,
            state: match bytes[19] {
                0 => State::Down,
                1 => State::Run,
                2 => State::Finish,
                other => return Err(format!("byte 19 is {other}, no state")),
            },
        })
    }
}
