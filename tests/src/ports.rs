//! Ports of the loopback interface that nobody uses.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// As many free ports as asked for, all different. They are free now; somebody could still be faster.
///
/// # Errors
///
/// When the system has no more.
pub fn free<const N: usize>() -> io::Result<[u16; N]> {
    // All are held until the last is known, so that none comes twice.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
