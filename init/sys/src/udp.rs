//! Sending lines by UDP: one socket per receiver, never waiting.

use std::io::Result;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Sends to one address.
#[derive(Debug)]
pub struct Sender {
    socket: UdpSocket,
    to: SocketAddr,
}

impl Sender {
    /// Makes the socket.
    ///
    /// # Errors
    /// When this system has no such socket to give.
    pub fn new(to: SocketAddr) -> Result<Sender> {
        let any = match to {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let socket = UdpSocket::bind((any, 0))?;
        socket.set_nonblocking(true)?;
        Ok(Sender { socket, to })
    }

    /// Sends one packet; tells whether the system took it.
    #[must_use]
    pub fn send(&self, packet: &[u8]) -> bool {
        self.socket.send_to(packet, self.to).is_ok()
    }
}
