//! What differs between systems. Each system's file provides all of:
//!
//! - `Watch`: `new() -> Result<Watch>`, `add(&self, &CStr, Interest) -> Result<()>` (again is no
//!   error), `fd(&self) -> BorrowedFd`, `drain(&self)` (forget what has been told so far);
//! - `changes_unseen(fd) -> bool`: the file system may be changed where `Watch` cannot see it;
//! - `realtime_signal(n) -> Option<i32>`, `POWER_SIGNAL: Option<i32>`.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "freebsd")]
pub use freebsd::*;
