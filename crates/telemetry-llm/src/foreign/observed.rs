//! A span of another library that may be a call, from its start to its end.

use std::time::Instant;

use telemetry_core::clock;
use telemetry_core::scope::{self, Scope};
use tracing::Metadata;

use super::description::Description;
use super::failure::Wrong;
use super::names::provider;
use super::tokens::Apart;
use crate::call::OutsideCall;
use crate::llm::Llm;
use crate::metrics::Outcome;
use crate::record::Ended;

/// What is kept at a span.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) said: Description,
    /// What it tells of is counted elsewhere: by a guard of ours, or by a span within it.
    pub(super) is_covered: bool,
    /// An error of something within it, which counts where the span itself tells neither of an answer nor of an error.
    wrong_within: Option<Wrong>,
    started: Instant,
    /// The scope that it was made in: the span may be closed anywhere.
    scope: Option<Scope>,
}

impl Observed {
    pub(super) fn start(said: Description, is_covered: bool) -> Self {
        Self { said, is_covered, wrong_within: None, started: clock::now(), scope: scope::current() }
    }

    /// Notes that a function within it has returned an error.
    pub(super) fn returned_error(&mut self) {
        self.wrong_within.get_or_insert_with(Wrong::unknown);
    }

    /// Whether it is a call that nothing else counts, as far as is known.
    pub(super) fn is_open_call(&self) -> bool {
        !self.is_covered && self.said.operation().is_some()
    }

    /// Whether it may be one that tells of the call within it.
    pub(super) fn may_be_open_call(&self) -> bool {
        !self.is_covered && self.said.may_be_call()
    }

    /// Takes over a call within it that did not say what was used: both tell of the same, and this may yet say it.
    pub(super) fn take_in(&mut self, within: Self) {
        let wrong = if within.said.wrong.is_any() { Some(within.said.wrong) } else { within.wrong_within };
        self.wrong_within = wrong.or(self.wrong_within.take());
        self.said.take_in(Description { wrong: Wrong::default(), ..within.said });
    }

    /// Records it as a call, if it is one. `span` is where it was told.
    pub(super) fn record(self, span: &Metadata<'_>, llm: &Llm) -> Option<Ended> {
        let Self { said, wrong_within, started, scope, .. } = self;
        let operation = said.operation()?;
        let provider = provider(said.provider.as_deref().unwrap_or_default());
        let usage = said.tokens.usage(Apart::of(span, provider, &said.tokens));
        let (outcome, failure) = if said.wrong.is_any() {
            said.wrong.ending()
        } else if usage.is_some() || said.is_answered {
            (Outcome::Success, None)
        } else if let Some(wrong) = wrong_within {
            wrong.ending()
        } else {
            // Neither an answer nor an error: its future was dropped, or the library does not tell of errors.
            (Outcome::Cancelled, None)
        };
        let elapsed = clock::now().saturating_duration_since(started);
        let call = OutsideCall {
            provider,
            model: said.model().unwrap_or_default(),
            operation,
            response_model: said.response_model.clone(),
            service_tier: said.service_tier.clone(),
            usage,
            first_chunk: said.first_chunk.filter(|wait| *wait <= elapsed),
            outcome,
            failure,
            started,
            elapsed,
            scope,
        };
        Some(call.record(llm.shared()))
    }
}
