//! What is left of a call once it has ended.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::TraceId;
use serde::{Deserialize, Serialize};
use telemetry_core::Label;
use uuid::Uuid;

use crate::metrics::Outcome;
use crate::names::Name;
use crate::usage::Usage;

/// A call that has ended: how, what it used, what it cost.
#[derive(Debug, Clone)]
pub struct Ended {
    pub(crate) name: Arc<Name>,
    pub(crate) response_model: Option<String>,
    pub(crate) outcome: Outcome,
    pub(crate) duration: Duration,
    pub(crate) usage: Option<Usage>,
    pub(crate) cost_usd: Option<f64>,
    pub(crate) trace_id: Option<TraceId>,
}

impl Ended {
    /// How it ended.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// How long it took, retries included.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// What it used; nothing where the provider did not say, or said what cannot be.
    #[must_use]
    pub fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    /// What it cost in US dollars; nothing where there is no price.
    #[must_use]
    pub fn cost_usd(&self) -> Option<f64> {
        self.cost_usd
    }

    /// The record of it, for a [`UsageQueue`](crate::UsageQueue), under an id of its own.
    #[must_use]
    pub fn record(&self) -> UsageRecord {
        UsageRecord {
            id: Uuid::new_v4(),
            at: SystemTime::now(),
            provider: self.name.provider.clone(),
            model: self.name.model.clone(),
            response_model: self.response_model.clone(),
            outcome: self.outcome.as_str().to_owned(),
            duration: self.duration,
            usage: self.usage.clone(),
            cost_usd: self.cost_usd,
            trace_id: self.trace_id.map(|id| id.to_string()),
            tags: BTreeMap::new(),
        }
    }
}

/// What is told of calls that have ended.
pub type OnEnd = Arc<dyn Fn(&Ended) + Send + Sync>;

/// One call's usage, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UsageRecord {
    /// Its own id. A store that has one already stored it before, when its answer got lost.
    pub id: Uuid,
    /// When the call ended.
    pub at: SystemTime,
    /// The provider, as metrics label it.
    pub provider: String,
    /// The model, as metrics label it.
    pub model: String,
    /// The model that answered, as the provider names it.
    pub response_model: Option<String>,
    /// How the call ended, as metrics label it.
    pub outcome: String,
    /// How long it took.
    pub duration: Duration,
    /// What it used, where that is known.
    pub usage: Option<Usage>,
    /// What it cost in US dollars, where there is a price.
    pub cost_usd: Option<f64>,
    /// The trace that it was part of, in 32 hexadecimal digits, if that is sampled.
    pub trace_id: Option<String>,
    /// What the application wants to know of it: a user, a project, a task.
    pub tags: BTreeMap<String, String>,
}

impl UsageRecord {
    /// The record with one more tag.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(name.into(), value.into());
        self
    }
}
