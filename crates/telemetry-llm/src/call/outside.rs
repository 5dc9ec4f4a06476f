//! A call that somebody else made and told of: recorded as the end of a guard is, without a span or a log record of ours.

use std::time::{Duration, Instant};

use telemetry_core::Shared;
use telemetry_core::scope::Scope;

use super::ending::Ending;
use super::noted::{Noted, name};
use crate::failure::Failure;
use crate::inner::Inner;
use crate::metrics::Outcome;
use crate::record::Ended;
use crate::target::Target;
use crate::usage::Usage;

/// A call that was made elsewhere, and has ended.
pub(crate) struct OutsideCall<'a> {
    pub(crate) provider: &'a str,
    pub(crate) model: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) response_model: Option<String>,
    pub(crate) service_tier: Option<String>,
    pub(crate) usage: Option<Usage>,
    /// How long the first piece of its answer took, where that is told.
    pub(crate) first_chunk: Option<Duration>,
    pub(crate) outcome: Outcome,
    pub(crate) failure: Option<Failure>,
    pub(crate) started: Instant,
    pub(crate) elapsed: Duration,
    /// The scope that it was made in.
    pub(crate) scope: Option<Scope>,
}

impl OutsideCall<'_> {
    /// Records it.
    pub(crate) fn record(self, shared: &Shared<Inner>) -> Ended {
        let Self { outcome, failure, started, elapsed, .. } = self;
        let target = Target::new(shared, self.provider, self.model);
        let mut noted = Noted::new(false);
        noted.response_model = self.response_model.map(name);
        noted.service_tier = self.service_tier.map(name);
        let conventions = target.inner().conventions.of_call(self.operation, target.name());
        if let Some(wait) = self.first_chunk {
            target.metrics().time_to_first_token.record(wait.as_secs_f64());
            if let Some(call) = &conventions {
                target.inner().conventions.first_chunk(call, wait);
            }
        }
        let usage = self.usage.and_then(Usage::settled);
        let ending = Ending {
            target: &target,
            noted: &noted,
            completion: None,
            conventions: conventions.as_ref(),
            usage: usage.as_ref(),
            outcome,
            failure: failure.as_ref(),
            started,
            elapsed,
            scope: self.scope.as_ref(),
        };
        let cost = ending.measure();
        let response_model = noted.response_model;
        Ended { target, response_model, outcome, duration: elapsed, usage, cost, trace_id: None }
    }
}
