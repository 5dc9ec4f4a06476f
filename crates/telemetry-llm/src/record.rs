//! What is left of a call once it has ended.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::TraceId;
use serde::{Deserialize, Serialize};
use telemetry_core::{Label, Lease, Shared};
use uuid::Uuid;

use crate::cost::{Cost, CostSource};
use crate::metrics::Outcome;
use crate::target::Target;
use crate::usage::Usage;

/// A call that has ended: how, what it used, what it cost.
#[derive(Debug, Clone)]
pub struct Ended {
    pub(crate) target: Target,
    pub(crate) response_model: Option<String>,
    pub(crate) outcome: Outcome,
    pub(crate) duration: Duration,
    pub(crate) usage: Option<Usage>,
    pub(crate) cost: Option<Cost>,
    pub(crate) trace_id: Option<TraceId>,
}

impl Ended {
    /// The provider, as metrics label it.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.target.provider()
    }

    /// The model, as metrics label it.
    #[must_use]
    pub fn model(&self) -> &str {
        self.target.model()
    }

    /// The model that answered, as the provider names it; nothing where the answer did not say.
    #[must_use]
    pub fn response_model(&self) -> Option<&str> {
        self.response_model.as_deref()
    }

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
        self.cost.map(|cost| cost.usd)
    }

    /// Who says what it cost.
    #[must_use]
    pub fn cost_source(&self) -> Option<CostSource> {
        self.cost.map(|cost| cost.source)
    }

    /// Whether it cost more than [`cost_usd`](Self::cost_usd) says, because a part of it has no price.
    #[must_use]
    pub fn is_partly_priced(&self) -> bool {
        self.cost.is_some_and(|cost| cost.is_partial)
    }

    /// The record of it, for a [`UsageQueue`](crate::UsageQueue), under an id of its own.
    #[must_use]
    pub fn record(&self) -> UsageRecord {
        UsageRecord {
            id: Uuid::new_v4(),
            at: SystemTime::now(),
            provider: self.target.provider().to_owned(),
            model: self.target.model().to_owned(),
            response_model: self.response_model.clone(),
            outcome: self.outcome.as_str().to_owned(),
            duration: self.duration,
            usage: self.usage.clone(),
            cost_usd: self.cost_usd(),
            cost_source: self.cost_source().map(|source| source.as_str().to_owned()),
            is_partly_priced: self.is_partly_priced(),
            trace_id: self.trace_id.map(|id| id.to_string()),
            tags: BTreeMap::new(),
        }
    }
}

/// What is told of calls that have ended; cheap to clone.
///
/// It is called where the end is noticed, often within a poll or a drop, and should not block. A panic of it is caught,
/// and logged as an error.
///
/// ```
/// use telemetry_llm::{Llm, OnEnd, Usage};
///
/// let (told, ends) = std::sync::mpsc::channel();
/// let on_end = OnEnd::new(move |ended| drop(told.send(ended.record())));
/// Llm::global().call("openai", "gpt-4o").on_end(&on_end).start().succeed(Usage::new(100, 20));
/// assert_eq!(ends.recv()?.model, "gpt-4o");
/// # Ok::<(), std::sync::mpsc::RecvError>(())
/// ```
#[derive(Clone)]
pub struct OnEnd(Shared<Callback>);

type Callback = Box<dyn Fn(&Ended) + Send + Sync>;

impl OnEnd {
    /// Has this told of each call that ends.
    pub fn new(callback: impl Fn(&Ended) + Send + Sync + 'static) -> Self {
        Self(Shared::new(Box::new(callback)))
    }

    /// For a call to tell of its end.
    pub(crate) fn lease(&self) -> EndTold {
        EndTold(self.0.lease())
    }
}

impl fmt::Debug for OnEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnEnd").finish_non_exhaustive()
    }
}

/// A call's part in a callback.
pub(crate) struct EndTold(Lease<Callback>);

impl EndTold {
    pub(crate) fn tell(self, ended: &Ended) {
        // A call may end by a panic, amid which a second one would end the process.
        if catch_unwind(AssertUnwindSafe(|| (self.0)(ended))).is_err() {
            tracing::error!(target: "telemetry", "a callback panicked over a call that has ended");
        }
    }
}

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
    /// Who says what it cost: `provider`, `application`, or `table` for an estimate by list prices.
    #[serde(default)]
    pub cost_source: Option<String>,
    /// Whether it cost more than that, because a part of it has no price.
    #[serde(default)]
    pub is_partly_priced: bool,
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
