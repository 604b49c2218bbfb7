//! Buttons of the machine among the events of an input device, as the kernel hands them out.
//!
//! It decides which key was pressed; what is done about it, others decide. A key that is let go, or
//! that repeats itself since it is held down, is no press.

/// Bytes of an event: the time in two words, type, code and value.
pub const SIZE: usize = 2 * size_of::<usize>() + 8;
const AT_TYPE: usize = 2 * size_of::<usize>();

/// A key was pressed or let go.
const KEY: u16 = 1;
const PRESSED: i32 = 1;

/// A button of the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Button {
    /// The one that switches off.
    Power,
    /// The one that puts to sleep.
    Sleep,
}

impl Button {
    /// The codes of the keys that are this button.
    #[must_use]
    pub const fn codes(self) -> [u16; 2] {
        match self {
            // KEY_POWER, KEY_POWER2
            Button::Power => [116, 0x164],
            // KEY_SLEEP, KEY_SUSPEND
            Button::Sleep => [142, 205],
        }
    }

    /// Whether one of the events (whole ones; a rest is left out) is a press of this button.
    #[must_use]
    pub fn is_pressed_in(self, events: &[u8]) -> bool {
        let mut presses = events.chunks_exact(SIZE).filter_map(pressed);
        presses.any(|code| self.codes().contains(&code))
    }

    /// Whether a device with these keys, a bit each, has the button.
    #[must_use]
    pub fn is_among(self, keys: &[u8]) -> bool {
        self.codes().into_iter().any(|code| {
            let byte = keys.get(usize::from(code / 8)).copied().unwrap_or(0);
            byte & (1 << (code % 8)) != 0
        })
    }
}

/// The code of the key that an event says was pressed.
fn pressed(event: &[u8]) -> Option<u16> {
    let half = |at: usize| Some(u16::from_ne_bytes([*event.get(at)?, *event.get(at + 1)?]));
    let value = event.get(AT_TYPE + 4..AT_TYPE + 8)?.try_into().ok()?;
    let is_press = half(AT_TYPE)? == KEY && i32::from_ne_bytes(value) == PRESSED;
    is_press.then(|| half(AT_TYPE + 2)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn event(kind: u16, code: u16, value: i32) -> Vec<u8> {
        let mut bytes = std::vec![7; AT_TYPE];
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(code.to_ne_bytes());
        bytes.extend(value.to_ne_bytes());
        bytes
    }

    #[test]
    fn only_a_press_of_the_button_counts() {
        let press = event(1, 116, 1);
        assert_eq!(press.len(), SIZE);
        assert!(Button::Power.is_pressed_in(&press));
        assert!(!Button::Sleep.is_pressed_in(&press));
        assert!(Button::Sleep.is_pressed_in(&event(1, 142, 1)));
        for other in [
            event(1, 116, 0),
            event(1, 116, 2),
            event(0, 116, 1),
            event(4, 116, 1),
            event(1, 30, 1),
        ] {
            assert!(!Button::Power.is_pressed_in(&other), "{other:?}");
        }
        let all = [event(1, 30, 1), event(0, 0, 0), press, event(0, 0, 0)].concat();
        assert!(Button::Power.is_pressed_in(&all));
        assert!(!Button::Power.is_pressed_in(&all[..2 * SIZE + 5]));
    }

    #[test]
    fn a_device_is_known_by_its_keys() {
        let mut keys = [0u8; 96];
        assert!(!Button::Power.is_among(&keys));
        keys[14] = 0x10;
        assert!(Button::Power.is_among(&keys) && !Button::Sleep.is_among(&keys));
        assert!(!Button::Power.is_among(&keys[..14]));
        keys[0x164 / 8] = 1 << (0x164 % 8);
        keys[14] = 0;
        assert!(Button::Power.is_among(&keys));
    }

    proptest! {
        #![proptest_config(crate::cases(2_000))]
        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (Button::Power.is_pressed_in(&bytes), Button::Power.is_among(&bytes));
        }

        #[test]
        fn a_press_is_found_among_all_others(before in prop::collection::vec((any::<u16>(), any::<u16>(), any::<i32>()), 0..8), code in prop::sample::select(&[116u16, 0x164][..])) {
            let mut events: Vec<u8> = before.iter().flat_map(|&(k, c, v)| event(k, c, v)).collect();
            events.extend(event(1, code, 1));
            prop_assert!(Button::Power.is_pressed_in(&events));
        }
    }
}
