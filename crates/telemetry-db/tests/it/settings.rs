//! Settings: where they come from, and what is accepted.

use std::time::Duration;

use telemetry_core::{Meter, Telemetry};
use telemetry_db::{Db, DbSettings};

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_DB_SEMCONV", "true"),
            ("TELEMETRY_DB_SLOW_QUERY", "250ms"),
            ("TELEMETRY_DB_QUERY_TEXT", "true"),
            ("TELEMETRY_DB_MAX_STATEMENT_BYTES", "4096"),
            ("TELEMETRY_DB_MAX_KNOWN_STATEMENTS", "50"),
            ("TELEMETRY_DB_MAX_KNOWN_BYTES", "65536"),
            ("TELEMETRY_DB_SIZE_INTERVAL", "10s"),
        ])
        .domain(|db: &mut DbSettings| db.max_known_statements = 60)
        .build()
        .expect("sound settings");
    let expected = DbSettings {
        semconv: Some(true),
        slow_query: Duration::from_millis(250),
        query_text: true,
        max_statement_bytes: 4_096,
        max_known_statements: 60,
        max_known_bytes: 65_536,
        size_interval: Duration::from_secs(10),
    };
    assert_eq!(telemetry.meter().settings_of::<DbSettings>(), expected);
    let defaults = DbSettings {
        semconv: None,
        slow_query: Duration::from_secs(1),
        query_text: false,
        max_statement_bytes: 65_536,
        max_known_statements: 1_000,
        max_known_bytes: 1_048_576,
        size_interval: Duration::from_secs(60),
    };
    assert_eq!(DbSettings::default(), defaults);
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    type Set = fn(&mut DbSettings);
    let cases: [(Set, &str); 6] = [
        (
            |db| db.slow_query = Duration::from_secs(86_401),
            "db.slow_query: 86401 s is not accepted; accepted is a duration from 0 s to 24 h",
        ),
        (
            |db| db.max_statement_bytes = 255,
            "db.max_statement_bytes: 255 is not accepted; accepted is a whole number from 256 to 1048576",
        ),
        (
            |db| db.max_known_statements = 1,
            "db.max_known_statements: 1 is not accepted; accepted is a whole number from 2 to 1000000",
        ),
        (
            |db| db.max_known_bytes = 1_023,
            "db.max_known_bytes: 1023 is not accepted; accepted is a whole number from 1024 to 1073741824",
        ),
        (
            |db| db.size_interval = Duration::ZERO,
            "db.size_interval: 0 s is not accepted; accepted is a duration from 1 s to 24 h",
        ),
        (
            |db| db.size_interval = Duration::from_millis(999),
            "db.size_interval: 999 ms is not accepted; accepted is a duration from 1 s to 24 h",
        ),
    ];
    for (set, expected) in cases {
        let mut settings = DbSettings::default();
        set(&mut settings);
        let error = Db::with_settings(&Meter::noop(), settings).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
    let least = DbSettings {
        slow_query: Duration::ZERO,
        max_statement_bytes: 256,
        max_known_statements: 2,
        max_known_bytes: 1_024,
        size_interval: Duration::from_secs(1),
        ..DbSettings::default()
    };
    assert!(Db::with_settings(&Meter::noop(), least).is_ok());
}
