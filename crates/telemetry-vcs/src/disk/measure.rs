//! How the disk use of a worktree is found out.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::counted::{Bounds, Clock, Counted};
#[cfg(unix)]
use super::walk;

type OfApplication = dyn Fn(&Path) -> io::Result<u64> + Send + Sync;

/// How a worktree's disk use is found out.
#[derive(Clone, Default)]
pub(crate) enum Measure {
    /// By walking through it.
    #[default]
    Walk,
    /// As the application does it.
    Application(Arc<OfApplication>),
}

impl Measure {
    pub(super) fn of(&self, path: &Path, bounds: Bounds, clock: &Clock<'_>) -> io::Result<Counted> {
        match self {
            Self::Walk => walk(path, bounds, clock),
            Self::Application(measure) => measure(path).map(|bytes| Counted { bytes, part: None }),
        }
    }
}

#[cfg(unix)]
fn walk(path: &Path, bounds: Bounds, clock: &Clock<'_>) -> io::Result<Counted> {
    walk::walk(path, bounds.entries, clock)
}

#[cfg(not(unix))]
fn walk(_path: &Path, _bounds: Bounds, _clock: &Clock<'_>) -> io::Result<Counted> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Walk => "Walk",
            Self::Application(_) => "Application",
        })
    }
}
