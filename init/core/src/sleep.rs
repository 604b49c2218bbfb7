//! How a machine sleeps: the words that Linux is given for it, and whether it offers them.

/// A way to sleep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Processors idle, everything keeps its power.
    Idle,
    /// Only the memory keeps its power.
    Memory,
    /// The memory is written to the disk; then this.
    Disk(Then),
}

/// What follows when the memory is on the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    /// The machine is switched off.
    Off,
    /// It restarts.
    Restart,
    /// The memory keeps its power all the same, as long as there is some.
    Memory,
}

impl Way {
    /// For /sys/power/state.
    #[must_use]
    pub const fn state(self) -> &'static [u8] {
        match self {
            Way::Idle => b"freeze",
            Way::Memory => b"mem",
            Way::Disk(_) => b"disk",
        }
    }

    /// For /sys/power/disk: the first of these that it offers.
    #[must_use]
    pub const fn disk(self) -> &'static [&'static [u8]] {
        match self {
            Way::Idle | Way::Memory => &[],
            // Without the firmware's help where it gives none.
            Way::Disk(Then::Off) => &[b"platform", b"shutdown"],
            Way::Disk(Then::Restart) => &[b"reboot"],
            Way::Disk(Then::Memory) => &[b"suspend"],
        }
    }

    /// What hooks are told, as on Void: `standby`, `suspend` or `hibernate`.
    #[must_use]
    pub const fn mode(self) -> &'static [u8] {
        match self {
            Way::Idle => b"standby",
            Way::Memory => b"suspend",
            Way::Disk(_) => b"hibernate",
        }
    }
}

/// Whether a list of words, of which the one in use is in brackets, has this one.
#[must_use]
pub fn offers(list: &[u8], word: &[u8]) -> bool {
    list.split(|b| b.is_ascii_whitespace()).any(|one| {
        let inner = one
            .strip_prefix(b"[")
            .and_then(|one| one.strip_suffix(b"]"));
        inner.unwrap_or(one) == word
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_word_in_use_stands_in_brackets() {
        let list = b"[platform] shutdown reboot suspend test_resume \n";
        assert!(offers(list, b"platform") && offers(list, b"suspend"));
        assert!(!offers(list, b"[platform]") && !offers(list, b"plat") && !offers(b"", b"mem"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(list in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(offers(&list, b"mem") && list.len() < 3, false);
        }
    }
}
