//! A span of another library that may be a call, from its start to its end.

use std::time::Instant;

use telemetry_core::clock;

use super::failure::failed;
use super::names::{Work, provider};
use super::said::Said;
use super::tokens::Beside;
use crate::call::OutsideCall;
use crate::llm::Llm;
use crate::metrics::Outcome;
use crate::record::Ended;

/// What is kept at a span.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) said: Said,
    /// What it tells of is counted elsewhere: by a guard of ours, or by a span within it.
    pub(super) is_covered: bool,
    started: Instant,
}

impl Observed {
    pub(super) fn start(said: Said, is_covered: bool) -> Self {
        Self { said, is_covered, started: clock::now() }
    }

    /// Whether it is a call that nothing else counts, as far as is known.
    pub(super) fn is_open_call(&self) -> bool {
        !self.is_covered && matches!(self.said.work, Work::Call(_))
    }

    /// Whether its span says what was used.
    pub(super) fn has_usage(&self) -> bool {
        self.said.tokens.usage(Beside::default()).is_some()
    }

    /// Records it as a call, if it is one. `target` is that of its span.
    pub(super) fn record(self, target: &str, llm: &Llm) -> Option<Ended> {
        let Self { said, started, .. } = self;
        let Work::Call(operation) = said.work else { return None };
        let provider = provider(said.provider.as_deref().unwrap_or_default());
        let usage = said.tokens.usage(Beside::of(target, provider));
        let (outcome, failure) = if said.has_failed() {
            failed(said.error_type.as_deref(), said.status)
        } else if usage.is_some() || said.is_answered {
            (Outcome::Success, None)
        } else {
            // Neither an answer nor an error: its future was dropped, or the library does not tell of errors.
            (Outcome::Cancelled, None)
        };
        let model = said.request_model.as_deref().or(said.response_model.as_deref()).unwrap_or_default();
        let call = OutsideCall {
            provider,
            model,
            operation,
            response_model: said.response_model.clone(),
            service_tier: said.service_tier,
            usage,
            outcome,
            failure,
            started,
            elapsed: clock::now().saturating_duration_since(started),
        };
        Some(call.record(llm.shared()))
    }
}
