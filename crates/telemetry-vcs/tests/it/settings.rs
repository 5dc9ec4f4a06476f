//! Settings: where they come from, and what is accepted.

use std::time::Duration;

use telemetry_core::{Meter, Telemetry};
use telemetry_vcs::{GitHub, VcsSettings, Worktrees};

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_VCS_DISK_USAGE", "false"),
            ("TELEMETRY_VCS_DISK_INTERVAL", "1min"),
            ("TELEMETRY_VCS_DISK_TIMEOUT", "2s"),
            ("TELEMETRY_VCS_DISK_MAX_ENTRIES", "1000"),
            ("TELEMETRY_VCS_RATE_LIMIT_WARNING", "0.5"),
        ])
        .domain(|vcs: &mut VcsSettings| vcs.disk_max_entries = 2_000)
        .build()
        .expect("sound settings");
    let expected = VcsSettings {
        disk_usage: false,
        disk_interval: Duration::from_secs(60),
        disk_timeout: Duration::from_secs(2),
        disk_max_entries: 2_000,
        rate_limit_warning: 0.5,
    };
    assert_eq!(telemetry.meter().settings_of::<VcsSettings>(), expected);
    let defaults = VcsSettings {
        disk_usage: true,
        disk_interval: Duration::from_secs(300),
        disk_timeout: Duration::from_secs(30),
        disk_max_entries: 1_000_000,
        rate_limit_warning: 0.1,
    };
    assert_eq!(VcsSettings::default(), defaults);
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    let interval = |millis| VcsSettings { disk_interval: Duration::from_millis(millis), ..VcsSettings::default() };
    let timeout = |millis| VcsSettings { disk_timeout: Duration::from_millis(millis), ..VcsSettings::default() };
    let entries = |disk_max_entries| VcsSettings { disk_max_entries, ..VcsSettings::default() };
    let warning = |rate_limit_warning| VcsSettings { rate_limit_warning, ..VcsSettings::default() };
    for (settings, key) in [
        (interval(99), "vcs.disk_interval"),
        (interval(86_400_001), "vcs.disk_interval"),
        (timeout(9), "vcs.disk_timeout"),
        (timeout(3_600_001), "vcs.disk_timeout"),
        (entries(0), "vcs.disk_max_entries"),
        (entries(100_000_001), "vcs.disk_max_entries"),
        (warning(-0.1), "vcs.rate_limit_warning"),
        (warning(1.1), "vcs.rate_limit_warning"),
        (warning(f64::NAN), "vcs.rate_limit_warning"),
    ] {
        for error in [
            Worktrees::with_settings(&Meter::noop(), settings.clone()).expect_err(key).to_string(),
            GitHub::with_settings(&Meter::noop(), settings.clone()).expect_err(key).to_string(),
        ] {
            assert!(error.starts_with(&format!("{key}: ")) && error.contains("accepted is"), "{error}");
        }
    }
    for settings in [interval(100), interval(86_400_000), timeout(10), entries(1), warning(0.0), warning(1.0)] {
        assert!(Worktrees::with_settings(&Meter::noop(), settings.clone()).is_ok(), "{settings:?}");
    }
}
