//! The guard of one call.

mod finish;
mod guard;
mod start;

pub use guard::{Call, RateLimitWait};
pub use start::CallStart;
