//! What stage 1 asks of Linux: mount(2), statx(2), the loopback interface, syslog(2).

use crate::error::{Errno, Result};
use crate::signal::last_error;
use rustix::fs::{AtFlags, CWD, Statx, StatxAttributes, StatxFlags};
use rustix::mount::{MountFlags, mount as mount_2, mount_remount};
use std::ffi::{CStr, c_char};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixDatagram;

/// mount(2); `flags` are its bits.
pub fn mount(source: &CStr, dir: &CStr, kind: &CStr, flags: u32, data: &CStr) -> Result<()> {
    let data = (!data.is_empty()).then_some(data);
    mount_2(source, dir, kind, MountFlags::from_bits_retain(flags), data)
}

/// What is mounted there, with these bits and data from now on.
pub fn remount(dir: &CStr, flags: u32, data: &CStr) -> Result<()> {
    mount_remount(dir, MountFlags::from_bits_retain(flags), data)
}

/// Whether something is mounted on this directory. Needs no /proc; does not wake an automounter.
pub fn is_mount_point(dir: &CStr) -> Result<bool> {
    let here = look(dir)?;
    if here
        .stx_attributes_mask
        .contains(StatxAttributes::MOUNT_ROOT)
    {
        return Ok(here.stx_attributes.contains(StatxAttributes::MOUNT_ROOT));
    }
    is_on_another_device(dir, &here)
}

/// The same before Linux 5.8: another device than the directory above, or the root directory. It does not see a
/// directory that is mounted within its own file system.
fn is_on_another_device(dir: &CStr, here: &Statx) -> Result<bool> {
    let above = [dir.to_bytes(), b"/..\0"].concat();
    let above = look(CStr::from_bytes_with_nul(&above).map_err(|_| Errno::INVAL)?)?;
    let device = |s: &Statx| (s.stx_dev_major, s.stx_dev_minor);
    Ok(device(here) != device(&above) || here.stx_ino == above.stx_ino)
}

fn look(path: &CStr) -> Result<Statx> {
    let flags = AtFlags::NO_AUTOMOUNT;
    rustix::fs::statx(CWD, path, flags, StatxFlags::BASIC_STATS)
}

/// By which names the file system of this directory may be known, where a remount of it is only mount(2).
pub fn plain_kinds(dir: &CStr) -> Result<&'static [&'static str]> {
    Ok(match rustix::fs::statfs(dir)?.f_type as u32 {
        0xEF53 => &["ext4", "ext3", "ext2"],
        0x5846_5342 => &["xfs"],
        0x9123_683E => &["btrfs"],
        0xF2F5_2010 => &["f2fs"],
        _ => &[],
    })
}

/// The loopback interface up; the kernel gives it its addresses then.
pub fn loopback_up() -> Result<()> {
    // Of any kind: a kernel without IPv4 has this one, too.
    let socket =
        UnixDatagram::unbound().map_err(|e| Errno::from_io_error(&e).unwrap_or(Errno::IO))?;
    // SAFETY: a structure of numbers and addresses, for all of which zero is a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as c_char;
    }
    ask(&socket, libc::SIOCGIFFLAGS as _, &mut request)?;
    // SAFETY: the flags are what the kernel wrote.
    let flags = unsafe { request.ifr_ifru.ifru_flags };
    request.ifr_ifru.ifru_flags = flags | libc::IFF_UP as libc::c_short;
    ask(&socket, libc::SIOCSIFFLAGS as _, &mut request)
}

/// ioctl(2) about an interface: `what` is one that reads or writes its flags.
fn ask(socket: &UnixDatagram, what: libc::Ioctl, request: &mut libc::ifreq) -> Result<()> {
    // SAFETY: the kernel reads the name and reads or writes the flags, all within the structure.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), what, &raw mut *request) };
    if done < 0 {
        return Err(last_error());
    }
    Ok(())
}

/// Commands of syslog(2): what is there; how much that may be.
const READ_ALL: i32 = 3;
const SIZE_BUFFER: i32 = 10;

/// All that the kernel's log holds, a `<priority>` before each line.
pub fn kernel_log() -> Result<Vec<u8>> {
    // SAFETY: without a buffer it only gives a number.
    let size = unsafe { libc::klogctl(SIZE_BUFFER, std::ptr::null_mut(), 0) };
    let size = usize::try_from(size).map_err(|_| last_error())?;
    // It may hold more than its own size, once each line has its time.
    let mut text = vec![0u8; size * 2];
    let room = i32::try_from(text.len()).map_err(|_| Errno::OVERFLOW)?;
    // SAFETY: the kernel writes at most `room` bytes, which is what there are.
    let len = unsafe { libc::klogctl(READ_ALL, text.as_mut_ptr().cast(), room) };
    text.truncate(usize::try_from(len).map_err(|_| last_error())?);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mounted_is_seen_in_both_ways() {
        for (dir, mounted) in [
            (c"/", true),
            (c"/proc", true),
            (c"/proc/sys/kernel", false),
            (c"/etc", false),
        ] {
            assert_eq!(is_mount_point(dir), Ok(mounted), "{dir:?}");
            let here = look(dir).expect("a directory");
            assert_eq!(is_on_another_device(dir, &here), Ok(mounted), "{dir:?}");
        }
        assert_eq!(is_mount_point(c"/none"), Err(Errno::NOENT));
    }
}
