//! The options of halt, poweroff and reboot: those of sysvinit and of Void's halt, of which most
//! change nothing here.

use runit_sys::entry::Args;
use runit_sys::utmp::Mark;

/// What follows the name of the program.
pub const USAGE: &[u8] = b" [-fnwBdhip] [--no-wall]\n\
 -f, --force      end the machine at once: no stage 3\n\
 -n, --no-sync    with -f: do not write what is not on the disks yet\n\
 -w, --wtmp-only  only write the record of the shutdown\n\
 -B               only write the record of the boot\n\
 -p, --poweroff   as halt: switch off as well\n\
 -d, -h, -i, --no-wall  accepted, without effect";

/// What was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// reboot(2) now.
    pub force: bool,
    /// Without sync.
    pub no_sync: bool,
    /// Only this record in wtmp.
    pub record_only: Option<Mark>,
    /// halt means power-off.
    pub power: bool,
}

/// What the arguments mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// To work so.
    Work(Options),
    /// To explain.
    Help,
    /// Something this program does not know.
    Unknown,
}

/// Reads all arguments; there are no operands.
pub fn read(args: &Args) -> Asked {
    let mut options = Options::default();
    for arg in args.iter().skip(1) {
        match arg.to_bytes() {
            b"--help" => return Asked::Help,
            b"--force" => options.force = true,
            b"--no-sync" => options.no_sync = true,
            b"--wtmp-only" => options.record_only = Some(Mark::Shutdown),
            b"--poweroff" => options.power = true,
            b"--no-wall" | b"--no-wtmp" => {}
            [b'-', letters @ ..] if !letters.is_empty() => {
                for letter in letters {
                    match letter {
                        b'f' => options.force = true,
                        b'n' => options.no_sync = true,
                        b'w' => options.record_only = Some(Mark::Shutdown),
                        b'B' => options.record_only = Some(Mark::Boot),
                        b'p' => options.power = true,
                        b'd' | b'h' | b'i' => {}
                        _ => return Asked::Unknown,
                    }
                }
            }
            _ => return Asked::Unknown,
        }
    }
    Asked::Work(options)
}
