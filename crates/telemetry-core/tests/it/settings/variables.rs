//! The table of settings against the specification and against what is read.

use std::collections::BTreeSet;

use telemetry_core::settings::{ResolvedSettings, Settings, Variable, variables};

use super::resolve;

/// What else has to be set for a variable to make a difference.
fn context(variable: &Variable) -> &'static [(&'static str, &'static str)] {
    match variable.env() {
        "OTEL_TRACES_SAMPLER_ARG" => &[("OTEL_TRACES_SAMPLER", "traceidratio")],
        env if env.starts_with("OTEL_EXPORTER_PROMETHEUS_") || env == "TELEMETRY_PROMETHEUS_TOKEN_FILE" => {
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
        let value = if only_default { "another" } else { variable.example() };
        let set = outcome(resolve(&[context, &[(variable.env(), value)]].concat()));
        assert_ne!(outcome(resolve(context)), set, "{variable:?} is ignored");

        let example = Settings::from_vars([(variable.env(), variable.example())]).expect("an example is accepted");
        let empty = Settings::from_vars::<String, String>([]).expect("nothing is set");
        assert_ne!(example, empty, "{variable:?} is not read");
    }
}

#[test]
fn names_are_unique_and_documented() {
    let keys: BTreeSet<_> = variables().map(Variable::key).collect();
    let names: BTreeSet<_> = variables().map(Variable::env).collect();
    assert_eq!((keys.len(), names.len()), (variables().count(), variables().count()));

    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/settings");
    let docs: String = std::fs::read_dir(sources)
        .expect("the sources are here")
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a source"))
        .flat_map(|source| {
            source.lines().map(str::trim).filter(|line| line.starts_with("///")).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    for name in names.iter().filter(|name| name.starts_with("TELEMETRY_")) {
        assert!(docs.contains(&format!("`{name}`")), "{name} is not in the documentation of its field");
    }
}

/// The variables that the specification has and that apply here, written down apart from the table.
#[test]
fn no_variable_of_the_specification_is_missing() {
    let names: BTreeSet<_> = variables().map(Variable::env).collect();
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
