//! Checks that do as a test says, and health that is recorded nowhere.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use telemetry_core::Meter;
use telemetry_health::{Check, Health, HealthCheck, HealthReport, HealthSettings, Status, Verdict, async_trait};
use tokio::time::timeout;

pub(crate) const STATUS: &str = "agentpane_health_check_status";
pub(crate) const DURATION: &str = "agentpane_health_check_duration_seconds";

/// Health of these checks, recorded by this meter.
pub(crate) fn described(meter: &Meter, settings: HealthSettings, checks: impl IntoIterator<Item = Check>) -> Health {
    let health = Health::with_settings(meter, settings).expect("the settings are good");
    for check in checks {
        health.add(check).expect("the names are good");
    }
    health
}

/// Health of these checks that is recorded nowhere.
pub(crate) fn unrecorded(checks: impl IntoIterator<Item = Check>) -> Health {
    described(&Meter::noop(), HealthSettings::default(), checks)
}

/// The same, with findings that are believed for so long.
pub(crate) fn believed_for(ttl: Duration, checks: impl IntoIterator<Item = Check>) -> Health {
    described(&Meter::noop(), HealthSettings { ttl, ..HealthSettings::default() }, checks)
}

/// A check that finds the same each time.
pub(crate) struct Finds(pub(crate) Status);

#[async_trait]
impl HealthCheck for Finds {
    async fn check(&self) -> Verdict {
        match self.0 {
            Status::Healthy => Verdict::healthy(),
            Status::Degraded => Verdict::degraded("on purpose"),
            Status::Unhealthy => Verdict::unhealthy("on purpose"),
        }
    }
}

/// A check that counts how often it ran, and takes its time.
#[derive(Clone, Default)]
pub(crate) struct Counting {
    runs: Arc<AtomicUsize>,
    takes: Duration,
}

impl Counting {
    pub(crate) fn taking(takes: Duration) -> Self {
        Self { takes, ..Self::default() }
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl HealthCheck for Counting {
    async fn check(&self) -> Verdict {
        self.runs.fetch_add(1, Ordering::SeqCst);
        if !self.takes.is_zero() {
            let _over = timeout(self.takes, pending::<()>()).await;
        }
        Verdict::healthy()
    }
}

/// A check that never ends.
pub(crate) struct Hanging;

#[async_trait]
impl HealthCheck for Hanging {
    async fn check(&self) -> Verdict {
        pending().await
    }
}

/// Status and message of one component.
#[track_caller]
pub(crate) fn found<'a>(report: &'a HealthReport, name: &str) -> (Status, Option<&'a str>) {
    let component = report.component(name).unwrap_or_else(|| panic!("{name} is not in {report:?}"));
    (component.status, component.message.as_deref())
}

/// What one check finds, as the only one of a service.
pub(crate) async fn only(check: impl HealthCheck) -> HealthReport {
    let check = Check::required("only", check).timeout(Duration::from_secs(2));
    unrecorded([check]).readiness().await
}
