//! Behaviour of the crate through its public API.

mod calls;
#[cfg(unix)]
mod disk;
mod endpoints;
mod fixture;
mod rate_limits;
mod settings;
mod worktrees;
