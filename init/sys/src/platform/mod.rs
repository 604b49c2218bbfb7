//! What differs between systems. Each system's file provides all of:
//!
//! - `Watch`: `new() -> Result<Watch>`, `add(&self, &CStr, Interest) -> Result<Watched>` (again is
//!   no error), `fd(&self) -> BorrowedFd`, `told(&self, &mut dyn FnMut(Told))` (what has been told so
//!   far), `drain(&self)` (forget it);
//! - `BOOT_CLOCK`: the clock that no step moves and that goes on while the machine sleeps;
//!   `Timer`: `new(Which) -> Result<Timer>`, `set(&self, seconds) -> Result<()>`, `fd(&self) ->
//!   Option<BorrowedFd>` (`None`: nothing tells; look from time to time), `drain(&self)`;
//!   `Links`: `new() -> Result<Links>`, `fd(&self)`, `drain(&self)`: when a network interface comes,
//!   goes or gets another name;
//! - `made_by_kernel(fd) -> bool`: files come there as the kernel likes, and `Watch` is not told;
//! - `changes_unseen(fd) -> bool`: the file system may be changed where `Watch` cannot see it;
//! - `realtime_signal(n) -> Option<i32>`, `POWER_SIGNAL: Option<i32>`;
//! - `reboot(Ending) -> Errno` (returns only on refusal), `report_ctrl_alt_del(bool) -> Result<()>`;
//! - `executed_path() -> Option<&'static CStr>`, `OWN_IMAGE: &CStr`, `execute_file(fd, argv) -> Errno`,
//!   `set_name(&CStr)`: this program as a file, and its short name;
//! - `TERMINAL_CAN_BE_RELEASED: bool`, `release_terminal()`;
//! - `set_groups(&[Gid])`, `set_group(Gid)`, `set_user(Uid)`;
//! - `Reaper`: `new() -> Result<Reaper>`, `children(&self) -> Result<Vec<u32>>`;
//!   `CAN_ISOLATE: bool`, `isolate_children()`, `isolate_mounts()`, `mount_proc()`, each
//!   `-> Result<()>`;
//! - `utmp`: `MOST_LINE: usize`, `NOTES_BY_ITSELF: bool`, `log_out(line)`, `note_log_out(line)`,
//!   `write(Mark)`, `each_line_in_use(see) -> Result<()>`, `runlevels() -> Option<(u8, u8)>`;
//! - `arguments_of(Pid) -> Result<Vec<u8>>` (each followed by a NUL), `working_directory_of(Pid) ->
//!   Result<PathBuf>`, `root_directory_of(Pid) -> Result<PathBuf>`: of any process;
//!   `processes() -> Result<Vec<Process>>`; these allocate;
//! - `boot_id() -> Option<[u8; 16]>`: different after every start of the system;
//!   `splice(from, to, &mut at, most) -> Result<usize>`: what a pipe holds to the end of a file, in
//!   one step that cannot be interrupted half way; `NOSYS` where there is no such thing;
//!   `widen_pipe(fd, bytes)`: a wish;
//! - `feed_counted(generator, seed) -> Result<()>`, `stir_random(generator)`, `random_bytes(&mut buffer) ->
//!   Result<bool>`: see [`crate::random`];
//! - `mount(source, dir, kind, flags, data)`, `remount(dir, flags, data)`, `loopback_up()`, each `-> Result<()>`;
//!   `is_mount_point(dir) -> Result<bool>`, `plain_kinds(dir) -> Result<&[&str]>`, `kernel_log() ->
//!   Result<Vec<u8>>`: what stage 1 of Linux asks for;
//! - `each_name(dir, see) -> Result<()>`: hands out every name in an open directory, and whether it is
//!   known to be a directory itself. It is read from its beginning by this descriptor.

/// A process in the table of all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its parent, 0 for none.
    pub parent: u32,
    /// Its session.
    pub session: u32,
    /// Its state, a letter: Z has ended.
    pub state: u8,
    /// Its terminal, 0 for none.
    pub tty: u32,
    /// A thread of the kernel?
    pub kernel: bool,
    /// Its short name.
    pub name: Vec<u8>,
}

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;
#[cfg(target_os = "linux")]
mod linux_boot;
#[cfg(target_os = "linux")]
pub use linux_boot::*;
#[cfg(target_os = "linux")]
mod linux_links;
#[cfg(target_os = "linux")]
pub use linux_links::*;
#[cfg(target_os = "linux")]
mod linux_process;
#[cfg(target_os = "linux")]
pub use linux_process::*;
#[cfg(target_os = "linux")]
mod linux_random;
#[cfg(target_os = "linux")]
pub use linux_random::*;
#[cfg(target_os = "linux")]
mod linux_timer;
#[cfg(target_os = "linux")]
pub use linux_timer::*;
#[cfg(target_os = "linux")]
#[path = "linux_utmp.rs"]
pub mod utmp;

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "freebsd")]
pub use freebsd::*;
#[cfg(target_os = "freebsd")]
mod freebsd_boot;
#[cfg(target_os = "freebsd")]
pub use freebsd_boot::*;
#[cfg(target_os = "freebsd")]
mod freebsd_links;
#[cfg(target_os = "freebsd")]
pub use freebsd_links::*;
#[cfg(target_os = "freebsd")]
mod freebsd_process;
#[cfg(target_os = "freebsd")]
pub use freebsd_process::*;
#[cfg(target_os = "freebsd")]
mod freebsd_random;
#[cfg(target_os = "freebsd")]
pub use freebsd_random::*;
#[cfg(target_os = "freebsd")]
mod freebsd_timer;
#[cfg(target_os = "freebsd")]
pub use freebsd_timer::*;
#[cfg(target_os = "freebsd")]
#[path = "freebsd_utmp.rs"]
pub mod utmp;
