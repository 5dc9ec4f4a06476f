//! GitHub's API: its calls, its endpoints, its rate limits.

mod answer;
mod call;
mod caller;
mod endpoint;
mod entry;
mod inner;
#[cfg(feature = "tower")]
mod layer;
mod limits;
mod operation;
mod rate_limit;
#[cfg(feature = "reqwest")]
mod reqwest;
mod routes;
mod start;
mod target;

#[cfg(feature = "reqwest")]
pub use self::reqwest::GitHubMiddleware;
pub use call::GitHubCall;
pub use endpoint::{Endpoint, UNMATCHED};
pub use entry::GitHub;
#[cfg(feature = "tower")]
pub use layer::{GitHubFuture, GitHubLayer, GitHubService};
pub use operation::GitHubOperation;
pub use rate_limit::{LimitKind, RateLimit, RateLimited, Resource};
pub use start::GitHubStart;
