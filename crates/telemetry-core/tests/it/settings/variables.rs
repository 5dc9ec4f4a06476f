//! The table of settings against the specification and against what is read.

use std::collections::BTreeSet;

use telemetry_core::SettingDef;
use telemetry_core::settings::{ResolvedSettings, Settings, variables};

use super::resolve::resolve;

/// What else has to be set for a variable to make a difference.
fn context(variable: &SettingDef) -> &'static [(&'static str, &'static str)] {
    match variable.env() {
        "OTEL_TRACES_SAMPLER_ARG" => &[("OTEL_TRACES_SAMPLER", "traceidratio")],
        "OTEL_EXPORTER_PROMETHEUS_HOST" | "OTEL_EXPORTER_PROMETHEUS_PORT" | "TELEMETRY_PROMETHEUS_TOKEN_FILE" => {
            &[("OTEL_METRICS_EXPORTER", "prometheus")]
        }
        env if env.ends_with("_INSECURE") => &[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector")],
        _ => &[],
    }
}

/// The value, or the one setting that an error is about.
fn outcome(result: Result<ResolvedSettings, telemetry_core::settings::SettingsError>) -> String {
    match result {
        Ok(resolved) => format!("{resolved:?}"),
        Err(error) => error.setting().to_owned(),
    }
}

#[test]
fn every_variable_of_the_table_is_read_and_makes_a_difference() {
    for variable in variables() {
        if !cfg!(feature = "prometheus") && variable.key().starts_with("prometheus.") {
            continue;
        }
        let context = context(variable);
        // Of these there is but one value, the default.
        let only_default = variable.env().ends_with("PROTOCOL") || variable.env().ends_with("HISTOGRAM_AGGREGATION");
        let value = if only_default { "another".to_owned() } else { variable.env_example() };
        let set = outcome(resolve(&[context, &[(variable.env(), value.as_str())]].concat()));
        assert_ne!(outcome(resolve(context)), set, "{variable:?} is ignored");

        let example = Settings::from_vars([(variable.env(), variable.env_example())]).expect("an example is accepted");
        let empty = Settings::from_vars::<String, String>([]).expect("nothing is set");
        assert_ne!(example, empty, "{variable:?} is not read");
    }
}

#[test]
fn names_are_unique_and_documented() {
    let keys: BTreeSet<_> = variables().map(SettingDef::key).collect();
    let names: BTreeSet<_> = variables().map(SettingDef::env).collect();
    assert_eq!((keys.len(), names.len()), (variables().count(), variables().count()));
    for row in variables() {
        assert!(row.doc().ends_with('.') && !row.concern().title.is_empty(), "{row:?}: {}", row.doc());
        assert!(!row.accepted().is_empty() && !row.default().is_empty(), "{row:?}");
    }
}

/// The variables that the specification has and that apply here, written down apart from the table.
#[test]
fn no_variable_of_the_specification_is_missing() {
    let names: BTreeSet<_> = variables().map(SettingDef::env).collect();
    let per_signal = [
        "ENDPOINT",
        "HEADERS",
        "TIMEOUT",
        "COMPRESSION",
        "PROTOCOL",
        "INSECURE",
        "CERTIFICATE",
        "CLIENT_KEY",
        "CLIENT_CERTIFICATE",
    ];
    for signal in ["", "TRACES_", "METRICS_", "LOGS_"] {
        for option in per_signal {
            let name = format!("OTEL_EXPORTER_OTLP_{signal}{option}");
            assert!(names.contains(name.as_str()), "{name}");
        }
    }
    for queue in ["BSP", "BLRP"] {
        for option in ["SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE"] {
            let name = format!("OTEL_{queue}_{option}");
            assert!(names.contains(name.as_str()), "{name}");
        }
    }
}
