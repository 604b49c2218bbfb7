//! Network interfaces of Linux that come and go: rtnetlink(7). And where no watch is told of files.

use crate::error::Result;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};

/// The group of messages about interfaces, as a bit.
const LINK: u32 = 1;

/// A socket that gets a message whenever an interface changes.
#[derive(Debug)]
pub struct Links(OwnedFd);

impl Links {
    /// Told from now on.
    pub fn new() -> Result<Links> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // The protocol of number 0 is that of routes and interfaces.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &SocketAddrNetlink::new(0, LINK))?;
        Ok(Links(socket))
    }

    /// Readable when one has changed.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Forgets what has been told so far; that some was lost, too.
    pub fn drain(&self) {
        // The rest of a message that is longer is dropped by the kernel.
        let mut buffer = [0u8; 64];
        while matches!(rustix::io::read(&self.0, &mut buffer), Ok(n) if n > 0) {}
    }
}

/// File systems that the kernel makes up: inotify tells only what processes do there.
#[must_use]
pub fn made_by_kernel(dir: impl AsFd) -> bool {
    const MADE_UP: [u32; 5] = [
        0x6265_6572, // sysfs
        0x9fa0,      // proc
        0x6462_6720, // debugfs
        0x7472_6163, // tracefs
        0x7363_6673, // securityfs
    ];
    rustix::fs::fstatfs(dir).is_ok_and(|fs| MADE_UP.contains(&(fs.f_type as u32)))
}
