//! Git worktrees: how they are created and removed, and which are there.

mod active;
mod creation;
mod inner;
mod present;
mod projects;
mod removal;
mod start;
mod worktrees;

pub use creation::Creation;
pub use present::Worktree;
pub use removal::Removal;
pub use start::CreationStart;
pub use worktrees::Worktrees;
