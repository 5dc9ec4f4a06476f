//! Behaviour of the crate through its public API.

mod calls;
#[cfg(unix)]
mod disk;
mod endpoints;
mod fixture;
#[cfg(feature = "tower")]
mod layer;
mod rate_limits;
#[cfg(feature = "reqwest")]
mod reqwest;
mod settings;
#[cfg(feature = "reqwest")]
mod stand_in;
mod worktrees;
