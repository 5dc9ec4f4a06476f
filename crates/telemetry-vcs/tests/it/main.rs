//! Behaviour of the crate through its public API.

mod calls;
#[cfg(unix)]
mod disk;
mod endpoints;
mod fixture;
#[cfg(feature = "tower")]
mod octocrab;
mod rate_limits;
#[cfg(feature = "reqwest")]
mod reqwest;
mod settings;
#[cfg(any(feature = "reqwest", feature = "tower"))]
mod stand_in;
mod worktrees;
