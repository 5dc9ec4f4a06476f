//! What a check is, and how it is added to a service's health.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::metrics::ComponentKind;
use crate::status::Status;
use crate::verdict::Verdict;

/// One check of one component.
///
/// A check may take its time, hang or panic: it runs in a task of its own, under a timeout, and answers for nothing but
/// its component. Any closure that returns a future is a check, too, if that ends in a [`Verdict`], or in a `Result` as
/// clients return them: whatever `Ok` holds, the component is healthy; what `Err` says is why it is not.
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

    /// What its component is; nothing that alerts tell from others, unless it says so.
    fn kind(&self) -> ComponentKind {
        ComponentKind::Other
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

/// A check under the name of its component: [`Health::add`](crate::Health::add).
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_health::{Check, FileSystem};
///
/// let check = Check::optional("worktrees", FileSystem::new("/srv/worktrees")).timeout(Duration::from_secs(1));
/// ```
#[must_use = "a check does nothing before it is added to a service's health"]
pub struct Check {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) ttl: Option<Duration>,
    pub(crate) kind: ComponentKind,
    pub(crate) check: Arc<dyn HealthCheck>,
}

impl Check {
    /// A check of a component that the service cannot do without.
    pub fn required(name: impl Into<String>, check: impl HealthCheck) -> Self {
        let kind = check.kind();
        Self { name: name.into(), required: true, timeout: None, ttl: None, kind, check: Arc::new(check) }
    }

    /// A check of a component whose failure only degrades the service.
    pub fn optional(name: impl Into<String>, check: impl HealthCheck) -> Self {
        Self { required: false, ..Self::required(name, check) }
    }

    /// How long it may take; then the component is unhealthy. Default: as the settings say.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// How long what it found is believed; with zero, each call runs it anew, unless it is under way. Default: as the
    /// settings say.
    pub fn ttl(self, ttl: Duration) -> Self {
        Self { ttl: Some(ttl), ..self }
    }

    /// What the component is, for a check that cannot say so itself, as a closure around a database's client. A database that
    /// fails has an alert of its own, whatever it is called.
    ///
    /// ```
    /// use telemetry_health::{Check, ComponentKind};
    ///
    /// let check = Check::required("tasks", || async { Ok::<(), std::io::Error>(()) }).kind(ComponentKind::Database);
    /// ```
    pub fn kind(self, kind: ComponentKind) -> Self {
        Self { kind, ..self }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).field("required", &self.required).finish_non_exhaustive()
    }
}
