//! How much of the disk worktrees use, measured in the background.

mod counted;
mod disks;
mod measure;
mod turns;
#[cfg(unix)]
mod walk;

pub(crate) use disks::{Disks, WatchedDisk};
pub(crate) use measure::Measure;
