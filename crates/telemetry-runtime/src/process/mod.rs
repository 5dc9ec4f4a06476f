//! A tool as a process: started, fed, drained, limited, stopped and reaped.

mod at_work;
mod capture;
mod care;
mod drive;
mod error;
mod exit;
mod group;
mod input;
mod limits;
mod live;
mod orphans;
mod session;
mod stat;
mod strays;
mod watchdog;
mod zombies;

pub(crate) use capture::{Stdout, Tail};
pub(crate) use care::Care;
pub(crate) use drive::{Ended, drive};
pub use error::{Failure, Mismatch, ToolError};
pub use exit::Exit;
pub use input::Input;
pub use limits::{Limits, Overflow};
