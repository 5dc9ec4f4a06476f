//! Checks that panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use telemetry_health::{Check, HealthCheck, Status, Verdict, async_trait};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{Finds, believed_for, found, unrecorded};

/// Panics before there is a future.
struct Early;

impl HealthCheck for Early {
    fn check<'a, 'b>(&'a self) -> std::pin::Pin<Box<dyn Future<Output = Verdict> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        panic!("hunter2")
    }
}

struct OnPurpose(Arc<AtomicBool>);

#[async_trait]
impl HealthCheck for OnPurpose {
    async fn check(&self) -> Verdict {
        tokio::task::yield_now().await;
        assert!(!self.0.load(Ordering::SeqCst), "hunter2");
        Verdict::healthy()
    }
}

#[tokio::test]
async fn a_panicking_check_is_unhealthy_and_harms_nothing_else() {
    let panics = Arc::new(AtomicBool::new(true));
    let telemetry = TestTelemetry::entered();
    let health = believed_for(
        Duration::ZERO,
        [
            Check::required("fine", Finds(Status::Healthy)),
            Check::optional("early", Early),
            Check::required("panics", OnPurpose(Arc::clone(&panics))),
        ],
    );
    for _ in 0..3 {
        let report = health.readiness().await;
        assert_eq!(report.status, Status::Unhealthy);
        assert_eq!(found(&report, "fine"), (Status::Healthy, None));
        for name in ["early", "panics"] {
            assert_eq!(found(&report, name), (Status::Unhealthy, Some("the check panicked")));
        }
    }
    for name in ["early", "panics"] {
        let logs = telemetry.logs();
        let logged: Vec<_> = logs.iter().filter(|log| log.attribute("component") == Some(name)).collect();
        let [logged] = logged[..] else { panic!("what stays is told once\n{logs}") };
        assert_eq!((logged.severity.as_str(), logged.body.as_str()), ("ERROR", "component is not healthy"));
        logged.assert_attribute("error_type", "panic");
        logged.assert_attribute("outcome", "unhealthy");
    }
    telemetry.assert_nowhere("hunter2");
    panics.store(false, Ordering::SeqCst);
    let report = health.readiness().await;
    assert_eq!(found(&report, "panics"), (Status::Healthy, None));
    assert_eq!(report.status, Status::Degraded);
}

/// A check whose panics and timeouts are no worse than degraded.
struct Mild(bool);

#[async_trait]
impl HealthCheck for Mild {
    async fn check(&self) -> Verdict {
        assert!(!self.0, "on purpose");
        Verdict::unhealthy("as bad as can be")
    }

    fn worst(&self) -> Status {
        Status::Degraded
    }
}

#[tokio::test]
async fn a_check_says_how_bad_it_can_get() {
    let health = unrecorded([Check::required("panics", Mild(true)), Check::required("unhealthy", Mild(false))]);
    let report = health.readiness().await;
    assert_eq!(report.status, Status::Degraded);
    assert_eq!(found(&report, "panics"), (Status::Degraded, Some("the check panicked")));
    assert_eq!(found(&report, "unhealthy"), (Status::Degraded, Some("as bad as can be")));
}
