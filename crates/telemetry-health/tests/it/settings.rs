//! Settings: where they come from, and what is accepted.

use std::time::Duration;

use telemetry_core::{Meter, MeterSettings, Telemetry};
use telemetry_health::{Check, Health, HealthError, HealthSettings, Status};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{Hanging, found};

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_HEALTH_VERSION", "1.2.3"),
            ("TELEMETRY_HEALTH_TIMEOUT", "250ms"),
            ("TELEMETRY_HEALTH_TTL", "0s"),
            ("TELEMETRY_HEALTH_WATCH_INTERVAL", "1m"),
        ])
        .domain(|health: &mut HealthSettings| health.timeout = Duration::from_secs(2))
        .build()
        .expect("sound settings");
    let expected = HealthSettings {
        version: "1.2.3".to_owned(),
        timeout: Duration::from_secs(2),
        ttl: Duration::ZERO,
        watch_interval: Duration::from_secs(60),
    };
    assert_eq!(telemetry.meter().settings_of::<HealthSettings>(), expected);
}

#[tokio::test(start_paused = true)]
async fn health_keeps_to_what_the_meter_carries() {
    let timeout = Duration::from_secs(1);
    let health = HealthSettings { version: "1.2.3".to_owned(), timeout, ..HealthSettings::default() };
    let mut settings = MeterSettings::default();
    settings.domains.insert(health);
    let telemetry = TestTelemetry::builder().meter_settings(settings).build();
    let health = Health::new(telemetry.meter());
    health.required("hangs", Hanging).expect("the name is good");
    health.add(Check::required("patient", Hanging).timeout(2 * timeout)).expect("the name is good");
    let report = health.readiness().await;
    assert_eq!(report.version, "1.2.3");
    assert_eq!(found(&report, "hangs"), (Status::Unhealthy, Some("no answer within 1s")));
    assert_eq!(found(&report, "patient"), (Status::Unhealthy, Some("no answer within 2s")));
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    let sound = HealthSettings::default();
    for (settings, told) in [
        (
            HealthSettings { timeout: Duration::ZERO, ..sound.clone() },
            "health.timeout: 0 s is not accepted; accepted is a duration from 1 ms to 10 min",
        ),
        (
            HealthSettings { watch_interval: Duration::ZERO, ..sound.clone() },
            "health.watch_interval: 0 s is not accepted; accepted is a duration from 10 ms to 1 h",
        ),
    ] {
        let error = Health::with_settings(&Meter::noop(), settings).expect_err(told);
        assert!(matches!(error, HealthError::Settings(_)));
        // What `main` prints of it is its message.
        assert_eq!((error.to_string(), format!("{error:?}")), (told.to_owned(), told.to_owned()));
    }
    assert!(Health::with_settings(&Meter::noop(), HealthSettings { ttl: Duration::ZERO, ..sound }).is_ok());
}
