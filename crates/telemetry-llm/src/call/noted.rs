//! What is noted of a call while it is under way.

use std::time::Instant;

use crate::failure::Failure;
use crate::usage::Usage;
#[cfg(feature = "prices")]
use crate::usage::{Answer, AnswerStream, Chunk};

/// What is noted of a call while it is under way.
#[derive(Default)]
pub(super) struct Noted {
    /// When the first piece of output came, and the latest.
    pub(super) output: Option<(Instant, Instant)>,
    /// How many attempts failed that another one followed.
    pub(super) failed_attempts: u32,
    pub(super) batch: bool,
    pub(super) usage: Option<Usage>,
    pub(super) response_model: Option<String>,
    pub(super) response_id: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) finish_reasons: Vec<String>,
    /// The error that the answer held.
    pub(super) told: Option<Failure>,
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

    /// What an answer says is newer than what was said before.
    #[cfg(feature = "prices")]
    pub(super) fn answer(&mut self, answer: Answer) {
        self.usage = answer.usage.or(self.usage.take());
        self.response_model = answer.model.or(self.response_model.take());
        self.response_id = answer.id.or(self.response_id.take());
        self.service_tier = answer.service_tier.or(self.service_tier.take());
        self.told = answer.failure.or(self.told.take());
        if !answer.finish_reasons.is_empty() {
            self.finish_reasons = answer.finish_reasons;
        }
    }

    #[cfg(feature = "prices")]
    pub(super) fn chunk(&mut self, data: &str) -> Chunk {
        self.stream.get_or_insert_default().data(data)
    }

    /// Takes over what the events of a streamed answer said.
    pub(super) fn settle(&mut self) {
        #[cfg(feature = "prices")]
        if let Some(stream) = self.stream.take() {
            self.answer(stream.into_answer());
        }
    }
}
