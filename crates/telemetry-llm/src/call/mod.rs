//! The guard of one call.

mod ending;
mod guard;
mod noted;
mod rate_limit;
mod start;

pub use guard::Call;
pub use rate_limit::RateLimitWait;
pub use start::CallStart;
