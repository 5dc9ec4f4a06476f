//! What is noted of a call while it is under way.

use std::borrow::Cow;
use std::time::Instant;

use telemetry_core::text;

use crate::cost::CostSource;
use crate::failure::Failure;
#[cfg(feature = "prices")]
use crate::gen_ai::MOST_TOOL_CALLS;
use crate::headers::OfHeaders;
use crate::usage::Usage;
#[cfg(feature = "prices")]
use crate::usage::{Answer, AnswerStream, Chunk};

/// A name that a provider gave something, where it is noted: no longer than any that is meant.
pub(super) fn name(name: String) -> String {
    match text::cut(&name, text::NAME) {
        Cow::Borrowed(whole) if whole.len() == name.len() => name,
        cut => cut.into_owned(),
    }
}

/// What is noted of a call while it is under way.
#[derive(Default)]
pub(super) struct Noted {
    /// When the first piece of output came, and the latest.
    pub(super) output: Option<(Instant, Instant)>,
    /// How many attempts failed that another one followed.
    pub(super) failed_attempts: u32,
    pub(super) batch: bool,
    pub(super) usage: Option<Usage>,
    /// What headers say, for where nothing else does. In a box, as all that few calls have: a call is moved when it starts
    /// and when it ends.
    of_headers: Option<Box<OfHeaders>>,
    pub(super) response_model: Option<String>,
    pub(super) response_id: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) finish_reasons: Vec<String>,
    /// The tools that the model asks for.
    pub(super) tool_calls: Vec<String>,
    /// What is known of the cost, before any price.
    pub(super) known_cost: Option<(f64, CostSource)>,
    /// The call is charged for something that no price is known for.
    pub(super) has_unpriced_parts: bool,
    /// A streamed answer lacks its end.
    pub(super) is_truncated: bool,
    /// The error that the answer held.
    pub(super) told: Option<Box<Failure>>,
    #[cfg(feature = "prices")]
    stream: Option<Box<AnswerStream>>,
}

impl Noted {
    /// Nothing yet, of a call that is part of a batch or is not.
    pub(super) fn new(batch: bool) -> Self {
        Self { batch, ..Self::default() }
    }

    /// The number of the attempt that is under way, from 1 on.
    pub(super) fn attempt(&self) -> i64 {
        i64::from(self.failed_attempts) + 1
    }

    /// What headers say comes before the body, which knows better.
    pub(super) fn headers(&mut self, mut said: OfHeaders) {
        self.service_tier = said.service_tier.take().or(self.service_tier.take());
        self.has_unpriced_parts |= said.has_unpriced_parts;
        self.of_headers = Some(Box::new(said));
    }

    /// What an answer says is newer than what was said before.
    #[cfg(feature = "prices")]
    pub(super) fn answer(&mut self, answer: Answer) {
        self.usage = answer.usage.or(self.usage.take());
        self.response_model = answer.model.map(name).or(self.response_model.take());
        self.response_id = answer.id.map(name).or(self.response_id.take());
        self.service_tier = answer.service_tier.map(name).or(self.service_tier.take());
        let is_charge = |known: &(f64, CostSource)| known.1 == CostSource::Application;
        let said = answer.cost_usd.map(|usd| (usd, CostSource::Provider));
        self.known_cost = self.known_cost.filter(is_charge).or(said).or(self.known_cost);
        self.has_unpriced_parts |= answer.has_unpriced_parts;
        self.is_truncated = answer.is_truncated;
        self.told = answer.failure.map(Box::new).or(self.told.take());
        if !answer.finish_reasons.is_empty() {
            self.finish_reasons = answer.finish_reasons.into_iter().take(Answer::MOST_REASONS).map(name).collect();
        }
        if !answer.tool_calls.is_empty() {
            self.tool_calls = answer.tool_calls.into_iter().take(MOST_TOOL_CALLS).map(name).collect();
        }
    }

    #[cfg(feature = "prices")]
    pub(super) fn chunk(&mut self, provider: &str, data: &str) -> Chunk {
        self.stream.get_or_insert_with(|| Box::new(AnswerStream::of(provider))).data(data)
    }

    #[cfg(feature = "prices")]
    pub(super) fn event(&mut self, provider: &str, event: &serde_json::Value) -> Chunk {
        self.stream.get_or_insert_with(|| Box::new(AnswerStream::of(provider))).event(event)
    }

    /// Takes over what the events of a streamed answer said.
    pub(super) fn settle(&mut self) {
        #[cfg(feature = "prices")]
        if let Some(stream) = self.stream.take() {
            self.answer(stream.into_answer());
        }
        if let Some(said) = self.of_headers.take() {
            self.usage = self.usage.take().or(said.usage);
            self.known_cost = self.known_cost.or(said.cost_usd.map(|usd| (usd, CostSource::Provider)));
        }
    }
}
