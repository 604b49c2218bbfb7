//! A place for the one large value that a program lives by.
//!
//! A value of `main` lies on the stack, where it moves everything that is called deeper into pages
//! that then belong to the process for good. Here it shares the page of the other statics, which a
//! process has in any case.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};

/// One value, given out once.
#[derive(Debug)]
pub struct Slot<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `take` gives the value to one caller; nothing else reaches it.
unsafe impl<T: Send> Sync for Slot<T> {}

impl<T> Slot<T> {
    /// With the value the program begins with.
    #[must_use]
    pub const fn new(value: T) -> Slot<T> {
        Slot {
            taken: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// The value, where it stays; `None` when somebody has it already.
    #[allow(clippy::mut_from_ref)] // as a lock does: the flag makes it the only one
    pub fn take(&'static self) -> Option<&'static mut T> {
        if self.taken.swap(true, Ordering::Relaxed) {
            return None;
        }
        // SAFETY: the flag lets exactly one caller come here, so that this reference is the only one.
        Some(unsafe { &mut *self.value.get() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_given_out_once() {
        static SLOT: Slot<u32> = Slot::new(7);
        assert_eq!(SLOT.take(), Some(&mut 7));
        assert_eq!(SLOT.take(), None);
    }
}
