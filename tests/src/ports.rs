//! Ports of the loopback interface that nobody uses.

use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below it are ports that programs are known by.
const LOWEST: u16 = 15_000;

/// How many ports this process has looked at.
static LOOKED_AT: AtomicU16 = AtomicU16::new(0);

/// As many free ports as asked for, all different. Where the system says which ports it hands out by itself, these are
/// others, and none that this process was given before: nobody who asks for any port, or connects to one, is faster than
/// the program that is told to listen there. Elsewhere somebody could be.
///
/// # Errors
///
/// When the system has no more.
pub fn free<const N: usize>() -> io::Result<[u16; N]> {
    // All are held until the last is known, so that none comes twice.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = match quiet() {
            Some(quiet) => among(&quiet)?,
            None => TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
        };
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// The ports below those that the system hands out by itself, if there are many.
fn quiet() -> Option<Range<u16>> {
    let handed_out = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let first = handed_out.split_whitespace().next()?.parse().ok()?;
    (first >= LOWEST + 5_000).then_some(LOWEST..first)
}

/// Where this process begins to look: another one begins elsewhere.
static BEGIN: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());

/// The next of them that is free.
fn among(ports: &Range<u16>) -> io::Result<TcpListener> {
    let many = u32::from(ports.end - ports.start);
    let begin = u32::try_from(*BEGIN % u64::from(many)).unwrap_or_default();
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in ports.clone() {
        let step = u32::from(LOOKED_AT.fetch_add(1, Ordering::Relaxed));
        let offset = u16::try_from((begin + step) % many).unwrap_or_default();
        match TcpListener::bind((Ipv4Addr::LOCALHOST, ports.start + offset)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}
