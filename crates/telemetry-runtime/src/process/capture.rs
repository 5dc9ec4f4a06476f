//! The pipes of a tool, drained to their end and kept up to a limit.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::{Failure, Limits, Overflow};

/// Bytes asked of a pipe at once: what a Linux pipe holds.
const CHUNK: usize = 64 * 1024;

/// The first bytes of stdout, up to the limit, and how many came in all.
#[derive(Debug)]
pub(crate) struct Stdout {
    pub(crate) kept: Vec<u8>,
    pub(crate) total: u64,
    pub(crate) closed: bool,
    keep: usize,
    kill_at: u64,
}

impl Stdout {
    pub(super) fn new(limits: &Limits) -> Self {
        let kill_at = match limits.overflow {
            Overflow::Fail => limits.stdout as u64,
            Overflow::Truncate => limits.kill_at.max(limits.stdout as u64),
        };
        Self { kept: Vec::new(), total: 0, closed: false, keep: limits.stdout, kill_at }
    }

    pub(super) async fn drain(&mut self, pipe: Option<impl AsyncRead + Unpin>) -> Result<(), Failure> {
        let read = drain(pipe, |chunk| {
            self.keep(chunk);
            self.total <= self.kill_at
        });
        match read.await.map_err(Failure::Stdout)? {
            Drained::ToEnd => {
                self.closed = true;
                Ok(())
            }
            Drained::Stopped => Err(Failure::StdoutLimit { limit: self.kill_at }),
        }
    }

    fn keep(&mut self, chunk: &[u8]) {
        self.total += chunk.len() as u64;
        let room = self.keep - self.kept.len();
        let part = &chunk[..chunk.len().min(room)];
        if self.kept.capacity() - self.kept.len() < part.len() {
            // Doubling, as `Vec` would, but never past the limit.
            let grown = (2 * self.kept.capacity()).max(self.kept.len() + part.len()).min(self.keep);
            self.kept.reserve_exact(grown - self.kept.len());
        }
        self.kept.extend_from_slice(part);
    }
}

/// The last bytes of stderr.
#[derive(Debug)]
pub(crate) struct Tail {
    bytes: Vec<u8>,
    keep: usize,
    total: u64,
    kill_at: u64,
}

impl Tail {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { bytes: Vec::new(), keep: limits.stderr_tail, total: 0, kill_at: limits.stderr }
    }

    pub(super) async fn drain(&mut self, pipe: Option<impl AsyncRead + Unpin>) -> Result<(), Failure> {
        let read = drain(pipe, |chunk| {
            self.keep(chunk);
            self.total <= self.kill_at
        });
        match read.await.map_err(Failure::Stderr)? {
            Drained::ToEnd => Ok(()),
            Drained::Stopped => Err(Failure::StderrLimit { limit: self.kill_at }),
        }
    }

    fn keep(&mut self, chunk: &[u8]) {
        self.total += chunk.len() as u64;
        let part = &chunk[chunk.len().saturating_sub(self.keep)..];
        let surplus = (self.bytes.len() + part.len()).saturating_sub(self.keep);
        self.bytes.drain(..surplus);
        self.bytes.extend_from_slice(part);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

enum Drained {
    ToEnd,
    Stopped,
}

/// Reads until the pipe is closed or `take` has had enough.
async fn drain(pipe: Option<impl AsyncRead + Unpin>, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<Drained> {
    let Some(mut pipe) = pipe else { return Ok(Drained::ToEnd) };
    let mut chunk = vec![0; CHUNK];
    loop {
        match pipe.read(&mut chunk).await {
            Ok(0) => return Ok(Drained::ToEnd),
            Ok(n) if take(&chunk[..n]) => {}
            Ok(_) => return Ok(Drained::Stopped),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
