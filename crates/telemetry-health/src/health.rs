//! The health of a service: its checks, and what the endpoints ask of it.

use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use telemetry_core::{Family, Meter, SettingsGroup as _, Shared};

use crate::check::{Check, HealthCheck};
use crate::component::{Asked, Component};
use crate::error::{ALL, HealthError};
use crate::metrics::HealthMetrics;
use crate::report::HealthReport;
use crate::settings::HealthSettings;
use crate::startup::{StartupStep, Step};
use crate::status::Status;

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
/// # async fn ping() -> Result<(), &'static str> { Err("no route to host") }
/// let health = Health::new(&Meter::global());
/// health.required("filesystem", FileSystem::new(std::env::temp_dir()))?;
/// health.add(Check::optional("cache", ping).timeout(Duration::from_secs(1)))?;
/// let migrations = health.startup_step("migrations")?;
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
pub struct Health(Shared<Inner>);

struct Inner {
    meter: Meter,
    /// In place of those that the meter carries.
    settings: Option<HealthSettings>,
    metrics: Family<HealthMetrics>,
    described: RwLock<Described>,
}

#[derive(Default)]
struct Described {
    components: Vec<Arc<Component>>,
    steps: Vec<Arc<Step>>,
}

impl Health {
    /// Health that is recorded by this meter, with the settings that it carries. It has no checks yet.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::over(meter, None)
    }

    /// Health that is recorded by this meter, with these settings.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when a setting is not accepted.
    pub fn with_settings(meter: &Meter, settings: HealthSettings) -> Result<Self, HealthError> {
        settings.validate()?;
        Ok(Self::over(meter, Some(settings)))
    }

    /// The health of the process, which is recorded by its meter, with the settings that this carries: libraries add checks
    /// to it, the application serves it. What was added before the telemetry is set up stays.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Health> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    fn over(meter: &Meter, settings: Option<HealthSettings>) -> Self {
        let (meter, metrics) = (meter.clone(), Family::new(meter));
        metrics.register(ALL);
        Self(Shared::new(Inner { meter, settings, metrics, described: RwLock::default() }))
    }

    /// Adds a component that the service cannot do without.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when its name is not accepted, or there is one of that name.
    pub fn required(&self, name: impl Into<String>, check: impl HealthCheck) -> Result<&Self, HealthError> {
        self.add(Check::required(name, check))
    }

    /// Adds a component whose failure only degrades the service.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when its name is not accepted, or there is one of that name.
    pub fn optional(&self, name: impl Into<String>, check: impl HealthCheck) -> Result<&Self, HealthError> {
        self.add(Check::optional(name, check))
    }

    /// Adds a component. It is asked from the next call on.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when its name or its timeout is not accepted, or there is one of that name.
    pub fn add(&self, check: Check) -> Result<&Self, HealthError> {
        if check.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(HealthError::Timeout { name: check.name });
        }
        let metrics = &self.0.metrics;
        self.describe(check.name.clone(), |described| {
            // A component is the application's own, and there is an alert on it.
            metrics.register(&check.name);
            described.components.push(Arc::new(Component::new(check, metrics.clone())));
        })?;
        Ok(self)
    }

    /// Adds something that has to be done before the service is up. Added later than that, it takes the service down again
    /// until it is done.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when its name is not accepted, or there is one of that name.
    pub fn startup_step(&self, name: impl Into<String>) -> Result<StartupStep, HealthError> {
        let name = name.into();
        self.describe(name.clone(), |described| {
            let (guard, step) = StartupStep::new(name);
            described.steps.push(step);
            guard
        })
    }

    /// Adds what is called so, unless that is no name or one that is taken.
    fn describe<T>(&self, name: String, add: impl FnOnce(&mut Described) -> T) -> Result<T, HealthError> {
        HealthError::check_name(&name)?;
        let mut described = self.0.described.write().unwrap_or_else(PoisonError::into_inner);
        let mut taken = described
            .components
            .iter()
            .map(|component| component.name())
            .chain(described.steps.iter().map(|step| step.name()));
        if taken.any(|taken| taken == name) {
            return Err(HealthError::Twice { name });
        }
        Ok(add(&mut described))
    }

    /// The settings as they are now: the process's meter may come after its health.
    pub(crate) fn settings(&self) -> HealthSettings {
        self.0.settings.clone().unwrap_or_else(|| self.0.meter.settings_of())
    }

    fn described(&self) -> RwLockReadGuard<'_, Described> {
        self.0.described.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the process runs: it does if it answers. Asks nothing of any component.
    #[must_use]
    pub fn liveness(&self) -> HealthReport {
        HealthReport::new(&self.settings().version, Status::Healthy, None)
    }

    /// Whether the service has come up: all its startup steps are complete. Asks nothing of any component.
    #[must_use]
    pub fn startup(&self) -> HealthReport {
        let components: Vec<_> = self.described().steps.iter().map(|step| step.health()).collect();
        let status = components.iter().map(|step| step.status).max().unwrap_or(Status::Healthy);
        HealthReport::new(&self.settings().version, status, Some(components))
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
        let settings = self.settings();
        let (mut reported, asked) = {
            let described = self.described();
            let pending = described.steps.iter().filter(|step| !step.is_complete());
            // All are asked before any is waited for.
            let asked = described.components.iter().map(|component| (Arc::clone(component), component.ask(&settings)));
            (pending.map(|step| step.health()).collect::<Vec<_>>(), asked.collect::<Vec<_>>())
        };
        let mut status = reported.iter().map(|step| step.status).max().unwrap_or(Status::Healthy);
        for (component, asked) in asked {
            let health = match asked {
                Asked::Known(health) => health,
                Asked::Coming(mut coming) => {
                    let answer = coming.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
                    answer.unwrap_or_else(|| component.lost())
                }
            };
            status = status.max(health.status.min(component.weight()));
            reported.push(health);
        }
        self.0.metrics.get(ALL).status.set(status.level());
        HealthReport::new(&settings.version, status, Some(reported))
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let described = self.described();
        let components: Vec<_> = described.components.iter().map(|component| component.name()).collect();
        f.debug_struct("Health").field("components", &components).finish_non_exhaustive()
    }
}
