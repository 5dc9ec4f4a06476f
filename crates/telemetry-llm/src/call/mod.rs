//! The guard of one call.

mod ending;
mod guard;
mod messages;
mod noted;
#[cfg(feature = "tracing-layer")]
mod outside;
mod rate_limit;
mod start;

pub use guard::Call;
#[cfg(feature = "tracing-layer")]
pub(crate) use outside::OutsideCall;
pub use rate_limit::RateLimitWait;
pub use start::CallStart;
