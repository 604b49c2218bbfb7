//! How the system is to end: what the flag files say, and what counts when they are gone.
//!
//! Decides between power-off, halt, restart and kexec. It must never turn a restart into a
//! power-off only because the file that asked for it is on a file system that is unmounted by now.

/// What happens after everything was stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The machine is switched off.
    PowerOff,
    /// The machine stands still, with its power on.
    Halt,
    /// The machine restarts through its firmware.
    Restart,
    /// The kernel that was loaded for it takes over; without one, a restart.
    Kexec,
}

impl Ending {
    /// For texts that carry it: 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Ending::PowerOff => 1,
            Ending::Halt => 2,
            Ending::Restart => 3,
            Ending::Kexec => 4,
        }
    }

    /// Back from [`Ending::number`].
    #[must_use]
    pub const fn from_number(number: u64) -> Option<Ending> {
        Some(match number {
            1 => Ending::PowerOff,
            2 => Ending::Halt,
            3 => Ending::Restart,
            4 => Ending::Kexec,
            _ => return None,
        })
    }
}

/// One flag file: its owner's execute permission is the flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Flag {
    /// It is not there, or is there without the permission.
    #[default]
    Clear,
    /// It is there with the permission.
    Set,
    /// It cannot be told: the place it is kept in is gone.
    Unknown,
}

impl Flag {
    /// The same flag kept in two places: set in one is set.
    const fn or(self, other: Flag) -> Flag {
        match (self, other) {
            (Flag::Set, _) | (_, Flag::Set) => Flag::Set,
            _ => Flag::Clear,
        }
    }

    const fn or_else(self, remembered: Flag) -> Flag {
        match self {
            Flag::Unknown => remembered,
            known => known,
        }
    }

    const fn number(self) -> u8 {
        match self {
            Flag::Clear => 0,
            Flag::Set => 1,
            Flag::Unknown => 2,
        }
    }

    const fn from_number(number: u64) -> Flag {
        match number & 3 {
            1 => Flag::Set,
            2 => Flag::Unknown,
            _ => Flag::Clear,
        }
    }
}

/// All flags in one place at one moment. `poweroff` is only made where `reboot` cannot be cleared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Flags {
    pub poweroff: Flag,
    pub kexec: Flag,
    pub reboot: Flag,
    pub halt: Flag,
}

/// All flags at one moment, in both places they may be kept in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    /// In /etc/runit.
    pub etc: Flags,
    /// In /run.
    pub run: Flags,
}

impl Seen {
    /// No flag seen anywhere.
    pub const NONE: Seen = Seen {
        etc: Flags::NONE,
        run: Flags::NONE,
    };

    /// What is known now, and for the rest what was known before.
    #[must_use]
    pub const fn or_else(self, remembered: Seen) -> Seen {
        Seen {
            etc: self.etc.or_else(remembered.etc),
            run: self.run.or_else(remembered.run),
        }
    }

    /// The ending these flags ask for; none set is power-off, as ever.
    #[must_use]
    pub fn ending(self) -> Ending {
        let set = |a: Flag, b: Flag| a.or(b) == Flag::Set;
        if set(self.etc.poweroff, self.run.poweroff) {
            Ending::PowerOff
        } else if set(self.etc.kexec, self.run.kexec) {
            Ending::Kexec
        } else if set(self.etc.reboot, self.run.reboot) {
            Ending::Restart
        } else if set(self.etc.halt, self.run.halt) {
            Ending::Halt
        } else {
            Ending::PowerOff
        }
    }
}

impl Flags {
    /// None of them.
    pub const NONE: Flags = Flags {
        poweroff: Flag::Clear,
        kexec: Flag::Clear,
        reboot: Flag::Clear,
        halt: Flag::Clear,
    };

    const fn or_else(self, remembered: Flags) -> Flags {
        Flags {
            poweroff: self.poweroff.or_else(remembered.poweroff),
            kexec: self.kexec.or_else(remembered.kexec),
            reboot: self.reboot.or_else(remembered.reboot),
            halt: self.halt.or_else(remembered.halt),
        }
    }

    /// For texts that carry them.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.poweroff.number()
            | (self.kexec.number() << 2)
            | (self.reboot.number() << 4)
            | (self.halt.number() << 6)
    }

    /// Back from [`Flags::number`].
    #[must_use]
    pub const fn from_number(number: u64) -> Flags {
        Flags {
            poweroff: Flag::from_number(number),
            kexec: Flag::from_number(number >> 2),
            reboot: Flag::from_number(number >> 4),
            halt: Flag::from_number(number >> 6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    const fn seen(etc: Flags, run: Flags) -> Seen {
        Seen { etc, run }
    }

    #[test]
    fn a_restart_stays_one_when_the_flags_are_unmounted() {
        let gone = seen(GONE, GONE);
        for before in [seen(REBOOT, GONE), seen(GONE, REBOOT)] {
            assert_eq!(gone.or_else(before).ending(), Ending::Restart);
        }
        assert_eq!(gone.or_else(Seen::NONE).ending(), Ending::PowerOff);
    }

    #[test]
    fn a_flag_that_was_cleared_since_counts() {
        let cleared = Flags {
            reboot: Flag::Clear,
            ..GONE
        };
        let now = seen(cleared, GONE).or_else(seen(REBOOT, GONE));
        assert_eq!(now.ending(), Ending::PowerOff);
        // Cleared in the other place it still is.
        let now = seen(GONE, cleared).or_else(seen(REBOOT, GONE));
        assert_eq!(now.ending(), Ending::Restart);
    }

    #[test]
    fn kexec_goes_before_restart_before_halt_and_an_explicit_power_off_before_all() {
        let all = Flags {
            poweroff: Flag::Set,
            kexec: Flag::Set,
            reboot: Flag::Set,
            halt: Flag::Set,
        };
        let order = [
            (Ending::PowerOff, 0b11),
            (Ending::Kexec, 0b1111),
            (Ending::Restart, 0b11_1111),
            (Ending::Halt, 0b1111_1111),
        ];
        let mut flags = all;
        for (ending, without) in order {
            assert_eq!(seen(flags, GONE).ending(), ending);
            assert_eq!(seen(GONE, flags).ending(), ending);
            flags = Flags::from_number(u64::from(all.number()) & !without);
        }
        assert_eq!(seen(flags, flags).ending(), Ending::PowerOff);
    }

    #[test]
    fn numbers_carry_flags_and_endings() {
        for n in 0..=255u64 {
            let flags = Flags::from_number(n);
            assert_eq!(Flags::from_number(flags.number().into()), flags);
        }
        for n in 1..=4 {
            let number = Ending::from_number(n).map(|ending| u64::from(ending.number()));
            assert_eq!(number, Some(n));
        }
        assert_eq!(Ending::from_number(0), None);
    }
}
