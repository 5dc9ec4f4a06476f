//! A wait because of a rate limit.

use std::fmt;
use std::time::Instant;

use telemetry_core::{EntityId, Lease, clock};

use crate::inner::Inner;
use crate::metrics::ProviderMetrics;

/// A wait because of a rate limit: recorded when it is dropped.
#[must_use = "the wait ends when this is dropped"]
pub struct RateLimitWait {
    inner: Lease<Inner>,
    provider: EntityId<ProviderMetrics>,
    started: Instant,
}

impl RateLimitWait {
    pub(super) fn start(inner: Lease<Inner>, provider: &str) -> Self {
        let provider = inner.providers.find(provider);
        Self { inner, provider, started: clock::now() }
    }

    /// The same wait, begun at another time.
    #[cfg(feature = "tower")]
    pub(crate) fn since(self, started: Instant) -> Self {
        let mut wait = self;
        wait.started = started;
        wait
    }
}

impl Drop for RateLimitWait {
    fn drop(&mut self) {
        let waited = clock::now().saturating_duration_since(self.started);
        self.inner.providers.at(self.provider).rate_limit_delays.record(waited.as_secs_f64());
    }
}

impl fmt::Debug for RateLimitWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitWait").field("started", &self.started).finish_non_exhaustive()
    }
}
