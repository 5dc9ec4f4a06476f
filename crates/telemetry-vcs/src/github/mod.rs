//! GitHub's API: its calls, its endpoints, its rate limits.

mod answer;
mod call;
mod caller;
mod endpoint;
mod entry;
mod inner;
mod limits;
mod operation;
mod rate_limit;
mod routes;
mod start;
mod target;

pub use call::GitHubCall;
pub use endpoint::Endpoint;
pub use entry::GitHub;
pub use operation::GitHubOperation;
pub use rate_limit::{LimitKind, RateLimit, RateLimited, Resource};
pub use start::GitHubStart;
