//! The options of halt, poweroff and reboot: those of sysvinit and of Void's halt, of which some
//! change nothing here.

use runit_sys::entry::Args;
use runit_sys::utmp::Mark;

/// What follows the name of the program.
pub const USAGE: &[u8] = b" [-fnwBdkhip] [--no-wall]\n\
 -f, --force      end the machine at once: no stage 3\n\
 -n, --no-sync    with -f: do not write what is not on the disks yet\n\
 -d, --no-wtmp    with -f: do not write the record of the shutdown\n\
 -w, --wtmp-only  only write the record of the shutdown\n\
 -B               only write the record of the boot\n\
 -p, --poweroff   as halt: switch off as well\n\
 -k, --kexec      as reboot: start the kernel that is loaded for it\n\
 --no-wall        tell nobody\n\
 -h, -i           accepted, without effect";

/// What was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// reboot(2) now.
    pub force: bool,
    /// Without sync.
    pub no_sync: bool,
    /// Only this record in wtmp.
    pub record_only: Option<Mark>,
    /// With `force`, without a record of it.
    pub no_record: bool,
    /// halt means power-off.
    pub power: bool,
    /// reboot means kexec.
    pub kexec: bool,
    /// Nobody is told.
    pub no_wall: bool,
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
            b"--no-wall" => options.no_wall = true,
            b"--no-wtmp" => options.no_record = true,
            b"--kexec" => options.kexec = true,
            [b'-', letters @ ..] if !letters.is_empty() => {
                for letter in letters {
                    match letter {
                        b'f' => options.force = true,
                        b'n' => options.no_sync = true,
                        b'w' => options.record_only = Some(Mark::Shutdown),
                        b'B' => options.record_only = Some(Mark::Boot),
                        b'p' => options.power = true,
                        b'd' => options.no_record = true,
                        b'k' => options.kexec = true,
                        b'h' | b'i' => {}
                        _ => return Asked::Unknown,
                    }
                }
            }
            _ => return Asked::Unknown,
        }
    }
    Asked::Work(options)
}
