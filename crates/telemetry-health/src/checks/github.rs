//! The check of what is left of GitHub's rate limit.

use std::fmt;

use async_trait::async_trait;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::http::{HttpCheck, HttpCheckError};
use crate::check::HealthCheck;
use crate::status::Status;
use crate::verdict::Verdict;

/// How much is left of GitHub's rate limit: degraded at a tenth or less, and never worse than that, because a service
/// goes on without GitHub. Asking for the limit does not count against it.
#[derive(Clone)]
pub struct GitHubRateLimit {
    endpoint: Option<HttpCheck>,
}

/// GitHub's public API.
const ENDPOINT: &str = "https://api.github.com/rate_limit";
/// The share of the limit at and below which there is little left, in percent.
const LITTLE: f64 = 10.0;
/// The most bytes of an answer, which has some 3,000.
const LONGEST: usize = 64 << 10;

#[derive(Deserialize)]
struct Limits {
    rate: Rate,
}

#[derive(Deserialize)]
struct Rate {
    limit: u64,
    remaining: u64,
}

impl GitHubRateLimit {
    /// The limit of who has this token, at `api.github.com`.
    ///
    /// # Errors
    ///
    /// [`HttpCheckError`] when the token cannot be a header's value, or the system has no certificates to trust.
    pub fn new(token: impl AsRef<str>) -> Result<Self, HttpCheckError> {
        Self::at(HttpCheck::new(ENDPOINT)?, token)
    }

    /// The limit that another endpoint tells, such as that of a GitHub Enterprise Server.
    ///
    /// # Errors
    ///
    /// [`HttpCheckError`] when the token cannot be a header's value.
    pub fn at(endpoint: HttpCheck, token: impl AsRef<str>) -> Result<Self, HttpCheckError> {
        let endpoint = endpoint
            .header("authorization", format!("Bearer {}", token.as_ref()))?
            .header("accept", "application/vnd.github+json")?;
        Ok(Self { endpoint: Some(endpoint) })
    }

    /// GitHub is not in use here: the component is healthy and says so.
    #[must_use]
    pub fn not_configured() -> Self {
        Self { endpoint: None }
    }
}

#[async_trait]
impl HealthCheck for GitHubRateLimit {
    async fn check(&self) -> Verdict {
        let Some(endpoint) = &self.endpoint else {
            return Verdict::healthy().message("GitHub is not configured");
        };
        match endpoint.ask(LONGEST).await {
            Ok(answer) if answer.status == StatusCode::OK => match serde_json::from_slice(&answer.body) {
                Ok(Limits { rate }) => rate.verdict(),
                Err(_) => Verdict::degraded("GitHub's answer is no rate limit"),
            },
            Ok(answer) => Verdict::degraded(format_args!("GitHub answered {}", answer.status.as_u16())),
            Err(reason) => Verdict::degraded(reason),
        }
    }

    fn worst(&self) -> Status {
        Status::Degraded
    }
}

impl Rate {
    fn verdict(&self) -> Verdict {
        let Self { limit, remaining } = *self;
        let percent = if limit == 0 { 0.0 } else { remaining as f64 * 100.0 / limit as f64 };
        let verdict =
            if percent > LITTLE { Verdict::healthy() } else { Verdict::degraded("the rate limit is nearly used up") };
        let rate = json!({ "remaining": remaining, "limit": limit, "percentRemaining": format!("{percent:.1}") });
        verdict.detail("rateLimit", rate)
    }
}

impl fmt::Debug for GitHubRateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubRateLimit").field("endpoint", &self.endpoint).finish()
    }
}
