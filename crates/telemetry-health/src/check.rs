//! What a check is, and what it finds.

use std::fmt::Display;

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::message;
use crate::status::Status;

/// One check of one component.
///
/// A check may take its time, hang or panic: it runs in a task of its own, under a timeout, and answers for nothing but
/// its component. Any closure that returns a future is a check, too, if that ends in a [`Verdict`], or in a `Result`
/// whose error says why the component is unhealthy.
///
/// ```
/// use telemetry_health::{HealthCheck, Status, Verdict, async_trait};
///
/// struct Queue {
///     waiting: std::sync::atomic::AtomicUsize,
/// }
///
/// #[async_trait]
/// impl HealthCheck for Queue {
///     async fn check(&self) -> Verdict {
///         match self.waiting.load(std::sync::atomic::Ordering::Relaxed) {
///             waiting @ 0..1_000 => Verdict::healthy().detail("waiting", waiting),
///             _ => Verdict::degraded("the queue is long"),
///         }
///     }
///
///     // A long queue is no reason to take the service out of the load balancer.
///     fn worst(&self) -> Status {
///         Status::Degraded
///     }
/// }
/// ```
#[async_trait]
pub trait HealthCheck: Send + Sync + 'static {
    /// Looks how the component does.
    async fn check(&self) -> Verdict;

    /// The worst that this check may make of its component, whatever happens to it: a timeout and a panic count as
    /// unhealthy, and are lifted to this.
    fn worst(&self) -> Status {
        Status::Unhealthy
    }
}

#[async_trait]
impl<F, Fut, V> HealthCheck for F
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = V> + Send + 'static,
    V: Into<Verdict> + Send + 'static,
{
    async fn check(&self) -> Verdict {
        self().await.into()
    }
}

/// What a check found.
///
/// Message and details are read by whoever reaches the endpoint. Texts are therefore cut to their first line and to 200
/// characters, and words that may be secrets are taken out of them: addresses, key-value pairs, what follows a word such
/// as `password`, and what looks like a token. That is a net and no licence: do not hand in what must not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub(crate) status: Status,
    pub(crate) message: Option<String>,
    pub(crate) details: Map<String, Value>,
}

impl Verdict {
    /// The component does well.
    #[must_use]
    pub fn healthy() -> Self {
        Self { status: Status::Healthy, message: None, details: Map::new() }
    }

    /// The component does its work in part, or not for much longer.
    #[must_use]
    pub fn degraded(why: impl Display) -> Self {
        Self { status: Status::Degraded, ..Self::healthy() }.message(why)
    }

    /// The component does not do its work.
    #[must_use]
    pub fn unhealthy(why: impl Display) -> Self {
        Self { status: Status::Unhealthy, ..Self::healthy() }.message(why)
    }

    /// Says something of the component.
    #[must_use]
    pub fn message(mut self, text: impl Display) -> Self {
        self.message = Some(message::safe(&text.to_string()));
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let name = name.into();
        let value = message::safe_field(&name, value.into());
        self.details.insert(name, value);
        self
    }

    /// How the component does.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }
}

impl<E: Display> From<Result<(), E>> for Verdict {
    fn from(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Self::healthy(),
            Err(error) => Self::unhealthy(error),
        }
    }
}
