//! Proof that a program allocates nothing once it is set up.
//!
//! Built with the feature `heap-seal`, every allocation after [`close`] aborts the process. Without
//! the feature `close` is nothing, and the ordinary allocator is used.

#[cfg(feature = "heap-seal")]
mod sealed {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::sync::atomic::{AtomicBool, Ordering};

    pub static CLOSED: AtomicBool = AtomicBool::new(false);

    struct Sealed;

    // SAFETY: every call is handed on unchanged to the system's allocator, or does not return.
    unsafe impl GlobalAlloc for Sealed {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            if CLOSED.load(Ordering::Relaxed) {
                crate::say::error(&[b"heap-seal: allocation after set-up"]);
                std::process::abort();
            }
            // SAFETY: the caller's promise, unchanged.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
            // SAFETY: the caller's promise, unchanged.
            unsafe { System.dealloc(ptr, layout) }
        }
    }

    #[global_allocator]
    static HEAP: Sealed = Sealed;
}

/// From here on an allocation is a mistake.
pub fn close() {
    #[cfg(feature = "heap-seal")]
    sealed::CLOSED.store(true, std::sync::atomic::Ordering::Relaxed);
}
