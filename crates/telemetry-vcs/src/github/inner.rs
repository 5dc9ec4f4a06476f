//! What the calls of one `GitHub` share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use telemetry_core::{Errors, Family, Meter, ObservableGauge, Single, clock};

use super::caller::Caller;
use super::limits::Limits;
use super::rate_limit::{RateLimit, Resource};
use crate::metrics::{CallMetrics, EndpointMetrics, LimitMetrics};
use crate::settings::VcsSettings;

/// What the calls of one `GitHub` share.
pub(super) struct GitHubInner {
    meter: Meter,
    pub(super) calls: Family<CallMetrics>,
    pub(super) endpoints: Family<EndpointMetrics>,
    pub(super) errors: Errors,
    /// As the families are: what one `GitHub` is told, another knows.
    pub(super) limits: Arc<Limits>,
    gauges: Single<LimitMetrics>,
    /// Whether the gauges read the limits.
    is_observed: AtomicBool,
    little: f64,
}

impl GitHubInner {
    pub(super) fn new(meter: &Meter, settings: &VcsSettings) -> Self {
        Self {
            meter: meter.clone(),
            calls: Family::new(meter),
            endpoints: Family::new(meter),
            errors: Errors::new(meter),
            limits: meter.one(Limits::default),
            gauges: Single::new(meter),
            is_observed: AtomicBool::new(false),
            little: settings.rate_limit_warning,
        }
    }

    /// Notes what an answer says of a rate limit, and says when little is left of it.
    pub(super) fn note(&self, caller: Caller, said: RateLimit) {
        self.observe();
        if self.limits.note(caller, said, self.little) {
            let RateLimit { resource, limit, remaining, resets_in } = said;
            let resets_in_ms = clock::millis(resets_in);
            tracing::warn!(
                service = "github",
                resource = resource.as_str(),
                remaining = count(remaining),
                limit = count(limit),
                resets_in_ms,
                "rate limit threshold exceeded"
            );
        }
    }

    /// Has the gauges read the limits, from the first answer on after the meter is there.
    fn observe(&self) {
        if self.is_observed.load(Ordering::Relaxed) || self.meter.settings().is_none() {
            return;
        }
        self.is_observed.store(true, Ordering::Relaxed);
        let read = |gauge: &ObservableGauge, value: fn(RateLimit) -> u64| {
            let limits = Arc::clone(&self.limits);
            gauge.read_with(move |report| {
                if let Some(limit) = limits.least(Resource::Core) {
                    report((), value(limit) as f64);
                }
            });
        };
        read(&self.gauges.remaining, |limit| limit.remaining);
        read(&self.gauges.limit, |limit| limit.limit);
    }
}

/// As log records and spans have whole numbers.
pub(super) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl fmt::Debug for GitHubInner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubInner").field("calls", &self.calls).finish_non_exhaustive()
    }
}
