//! The health of a service: how it is described, and what the endpoints ask of it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use telemetry_core::{Family, Meter};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::check::HealthCheck;
use crate::component::{Asked, Component, State};
use crate::metrics::HealthMetrics;
use crate::report::HealthReport;
use crate::startup::{StartupStep, Step};
use crate::status::Status;

/// How long a check may take unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long what a check found is believed unless it is told otherwise.
const TTL: Duration = Duration::from_secs(5);
/// The component that stands for the whole.
const ALL: &str = "all";
/// The most characters of a component's name.
const LONGEST_NAME: usize = 64;

/// The health of a service: its checks, and what they found. Cheap to clone.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_core::Meter;
/// use telemetry_health::{Check, FileSystem, Health, Status};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut builder = Health::builder()
///     .version("1.2.3")
///     .required("filesystem", FileSystem::new(std::env::temp_dir()))
///     .check(Check::optional("cache", || async { Err("no route to host") }).timeout(Duration::from_secs(1)));
/// let migrations = builder.startup_step("migrations");
/// let health = builder.build(&Meter::global())?;
///
/// assert_eq!(health.startup().status, Status::Unhealthy);
/// migrations.complete();
/// assert_eq!(health.startup().status, Status::Healthy);
///
/// // An optional component degrades the service, and no more.
/// assert_eq!(health.readiness().await.status, Status::Degraded);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Health {
    inner: Arc<Inner>,
}

struct Inner {
    version: String,
    components: Vec<Arc<Component>>,
    steps: Vec<Arc<Step>>,
    metrics: Family<HealthMetrics>,
}

/// Describes the health of a service: [`Health::builder`].
#[must_use = "a builder does nothing before build()"]
pub struct HealthBuilder {
    version: String,
    timeout: Duration,
    ttl: Duration,
    checks: Vec<Check>,
    steps: Vec<Arc<Step>>,
}

/// A check under the name of its component.
#[must_use = "a check does nothing before it is given to a builder"]
pub struct Check {
    name: String,
    required: bool,
    timeout: Option<Duration>,
    ttl: Option<Duration>,
    check: Arc<dyn HealthCheck>,
}

/// Why the health of a service cannot be described like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HealthError {
    /// The name of a component or of a startup step.
    #[error(
        "component name {name:?} is not accepted; accepted are 1 to {LONGEST_NAME} lower-case letters, digits, `_`, `-` \
         and `.`, but not `{ALL}`, which is the whole"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Two components or startup steps have the same name.
    #[error("component name {name:?} is given twice; accepted are names of their own")]
    Twice {
        /// The name.
        name: String,
    },
    /// A check would have no time.
    #[error("timeout of component {name:?}: 0s is not accepted; accepted is any longer time")]
    Timeout {
        /// The component's name.
        name: String,
    },
}

impl Health {
    /// Starts to describe the health of a service.
    pub fn builder() -> HealthBuilder {
        HealthBuilder {
            version: "unknown".to_owned(),
            timeout: TIMEOUT,
            ttl: TTL,
            checks: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Whether the process runs: it does if it answers. Asks nothing of any component.
    #[must_use]
    pub fn liveness(&self) -> HealthReport {
        HealthReport::new(&self.inner.version, Status::Healthy, None)
    }

    /// Whether the service has come up: all its startup steps are complete. Asks nothing of any component.
    #[must_use]
    pub fn startup(&self) -> HealthReport {
        let components: Vec<_> = self.inner.steps.iter().map(|step| step.health()).collect();
        let status = components.iter().map(|step| step.status).max().unwrap_or(Status::Healthy);
        HealthReport::new(&self.inner.version, status, Some(components))
    }

    /// Whether the service can do its work: what its checks find, all at once, or found if that is not too old. However
    /// many ask at the same time, each check runs once. Until the service has come up, it is unhealthy.
    ///
    /// Takes no longer than the longest timeout of a check.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time enabled.
    pub async fn readiness(&self) -> HealthReport {
        let Inner { version, components, steps, metrics } = &*self.inner;
        let pending: Vec<_> = steps.iter().filter(|step| !step.is_complete()).map(|step| step.health()).collect();
        let mut status = pending.iter().map(|step| step.status).max().unwrap_or(Status::Healthy);
        // All are asked before any is waited for.
        let asked: Vec<Asked> = components.iter().map(Component::ask).collect();
        let mut reported = pending;
        for (component, asked) in components.iter().zip(asked) {
            let health = match asked {
                Asked::Known(health) => health,
                Asked::Coming(mut coming) => {
                    let answer = coming.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
                    answer.unwrap_or_else(|| component.lost())
                }
            };
            let weight = if component.required { Status::Unhealthy } else { Status::Degraded };
            status = status.max(health.status.min(weight));
            reported.push(health);
        }
        metrics.get(ALL).status.set(status.level());
        HealthReport::new(version, status, Some(reported))
    }

    /// Checks at this interval whether or not anybody asks, so that the metrics tell of a component that fails while no
    /// probe calls. Ends when the [`Watch`] is dropped.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time enabled, and if the interval is zero.
    pub fn watch(&self, every: Duration) -> Watch {
        let health = self.clone();
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Watch(tokio::spawn(async move {
            loop {
                ticks.tick().await;
                health.readiness().await;
            }
        }))
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let components: Vec<_> = self.inner.components.iter().map(|component| &component.name).collect();
        f.debug_struct("Health").field("components", &components).finish_non_exhaustive()
    }
}

/// Checks that run by themselves: [`Health::watch`].
#[derive(Debug)]
#[must_use = "the checks end when this is dropped"]
pub struct Watch(JoinHandle<()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl HealthBuilder {
    /// The service's version. Default: `unknown`.
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: version.into(), ..self }
    }

    /// How long a check may take that does not say so itself. Default: 5 s.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// How long what a check found is believed, where the check does not say so itself. Default: 5 s. With zero, each
    /// call runs it anew, unless it is under way.
    pub fn ttl(self, ttl: Duration) -> Self {
        Self { ttl, ..self }
    }

    /// Adds a component that the service cannot do without.
    pub fn required(self, name: impl Into<String>, check: impl HealthCheck) -> Self {
        self.check(Check::required(name, check))
    }

    /// Adds a component whose failure only degrades the service.
    pub fn optional(self, name: impl Into<String>, check: impl HealthCheck) -> Self {
        self.check(Check::optional(name, check))
    }

    /// Adds a component.
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// Adds something that has to be done before the service is up.
    pub fn startup_step(&mut self, name: impl Into<String>) -> StartupStep {
        let (guard, step) = StartupStep::new(name.into());
        self.steps.push(step);
        guard
    }

    /// The health of the service, recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when a name or a timeout is not accepted.
    pub fn build(self, meter: &Meter) -> Result<Health, HealthError> {
        let mut names = BTreeSet::new();
        for name in self.checks.iter().map(|check| &*check.name).chain(self.steps.iter().map(|step| step.name())) {
            if !is_name(name) {
                return Err(HealthError::Name { name: name.to_owned() });
            }
            if !names.insert(name) {
                return Err(HealthError::Twice { name: name.to_owned() });
            }
        }
        let metrics = Family::new(meter);
        let mut components = Vec::with_capacity(self.checks.len());
        for Check { name, required, timeout, ttl, check } in self.checks {
            let timeout = timeout.unwrap_or(self.timeout);
            if timeout.is_zero() {
                return Err(HealthError::Timeout { name });
            }
            components.push(Arc::new(Component {
                name,
                required,
                timeout,
                ttl: ttl.unwrap_or(self.ttl),
                worst: check.worst(),
                check,
                metrics: Family::clone(&metrics),
                state: Mutex::new(State::default()),
            }));
        }
        Ok(Health { inner: Arc::new(Inner { version: self.version, components, steps: self.steps, metrics }) })
    }
}

fn is_name(name: &str) -> bool {
    let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(sound) && name != ALL
}

impl Check {
    /// A check of a component that the service cannot do without.
    pub fn required(name: impl Into<String>, check: impl HealthCheck) -> Self {
        Self { name: name.into(), required: true, timeout: None, ttl: None, check: Arc::new(check) }
    }

    /// A check of a component whose failure only degrades the service.
    pub fn optional(name: impl Into<String>, check: impl HealthCheck) -> Self {
        Self { required: false, ..Self::required(name, check) }
    }

    /// How long it may take; then the component is unhealthy.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// How long what it found is believed.
    pub fn ttl(self, ttl: Duration) -> Self {
        Self { ttl: Some(ttl), ..self }
    }
}
