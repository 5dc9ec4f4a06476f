//! Telemetry that is turned off starts whatever else is wrong, and says so once.

use std::io::Write as _;

use telemetry_core::settings::{Settings, Warning};
use telemetry_core::{MeterSettings, Telemetry, TelemetryBuilder};

use super::resolve::resolve;

/// What is wrong in every way that a variable can be.
const BAD: &[(&str, &str)] = &[
    ("OTEL_TRACES_SAMPLER", "sometimes"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=hunter2,broken"),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.pem"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "10"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "11"),
    ("TELEMETRY_MAX_SERIES", "none"),
    ("TELEMETRY_CONFIG_FILE", "/nowhere/telemetry.yaml"),
];

fn settings(warnings: &[Warning]) -> Vec<&str> {
    let mut settings: Vec<_> = warnings.iter().map(Warning::setting).collect();
    settings.sort_unstable();
    settings
}

/// The variables above whose own value is wrong, and what is wrong of them together.
fn wrong() -> Vec<&'static str> {
    let mut wrong: Vec<_> =
        BAD.iter().map(|(name, _)| *name).filter(|name| *name != "OTEL_BSP_MAX_QUEUE_SIZE").collect();
    wrong.sort_unstable();
    wrong
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    write!(file, "{text}").expect("written");
    file
}

#[test]
fn each_bad_value_is_warned_of_once() {
    let vars = [BAD, &[("OTEL_SDK_DISABLED", "TRUE")]].concat();
    let resolved = resolve(&vars).expect("nothing else counts");
    assert!(resolved.disabled);
    assert_eq!(settings(&resolved.warnings), wrong());
    for warning in &resolved.warnings {
        let text = warning.to_string();
        assert!(text.starts_with(warning.setting()) && text.ends_with("the telemetry is turned off"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    resolve(BAD).expect_err("otherwise they are errors");
}

#[test]
fn who_turns_it_off_does_not_matter() {
    let disabled = file("disabled: true\nlogs: {level: loud}\nlimits: [7]\n");
    let path = disabled.path().to_str().expect("a path of text");
    let unknown = format!("TELEMETRY_{}", "NONSENSE");
    let builder = || Telemetry::builder("shop");
    let cases: [(TelemetryBuilder, Vec<String>); 4] = [
        (builder().disabled(true).from_vars([("TELEMETRY_MAX_SERIES", "0")]), vec!["TELEMETRY_MAX_SERIES".to_owned()]),
        (builder().from_vars([("TELEMETRY_MAX_SERIES", "0")]).disabled(true), vec!["TELEMETRY_MAX_SERIES".to_owned()]),
        (
            builder().from_vars([("TELEMETRY_CONFIG_FILE", path), (&unknown, "1")]),
            vec![unknown.clone(), format!("limits in {path}"), format!("logs.level in {path}")],
        ),
        (
            builder()
                .from_vars([("OTEL_SDK_DISABLED", "true")])
                .log_level("loud")
                .domain(|meter: &mut MeterSettings| meter.max_series = 0),
            vec!["builder `log_level`".to_owned(), "builder `metrics.max_series`".to_owned()],
        ),
    ];
    for (builder, expected) in cases {
        let telemetry = builder.build().expect("the telemetry is turned off");
        assert_eq!(settings(telemetry.warnings()), expected);
        assert!(telemetry.meter_provider().is_none(), "nothing runs");
    }
}

#[test]
fn a_source_of_more_weight_turns_it_on_again() {
    let vars = [("OTEL_SDK_DISABLED", "true"), ("TELEMETRY_MAX_SERIES", "0")];
    let error = Telemetry::builder("shop").from_vars(vars).disabled(false).resolve().expect_err("it is on");
    assert_eq!(error.setting(), "TELEMETRY_MAX_SERIES");
}

#[test]
fn only_true_turns_it_off_and_what_is_neither_is_warned_of() {
    for (value, disabled, warned) in [
        ("true", true, false),
        ("True", true, false),
        ("FALSE", false, false),
        (" ", false, false),
        ("1", false, true),
        ("yes", false, true),
    ] {
        let resolved = resolve(&[("OTEL_SDK_DISABLED", value)]).expect("never an error");
        assert_eq!(resolved.disabled, disabled, "{value:?}");
        assert_eq!(settings(&resolved.warnings), vec!["OTEL_SDK_DISABLED"; usize::from(warned)], "{value:?}");
    }
    let off_in_file = file("disabled: true");
    let path = off_in_file.path().to_str().expect("a path of text");
    let vars = [("OTEL_SDK_DISABLED", "no"), ("TELEMETRY_CONFIG_FILE", path)];
    assert!(!resolve(&vars).expect("sound").disabled, "what counts as false outranks the file");
    let error = Settings::from_yaml("disabled: 1", "f.yaml").expect_err("a file says what it means");
    assert_eq!(error.setting(), "disabled in f.yaml");
}

#[test]
fn an_argument_beside_a_sampler_without_one_is_a_warning() {
    for sampler in ["", "always_off", "parentbased_always_on"] {
        let vars = [("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", "0.5")];
        let resolved = resolve(&vars).expect("it starts");
        let [warning] = &resolved.warnings[..] else { panic!("{:?}", resolved.warnings) };
        let text = warning.to_string();
        assert!(
            text.starts_with("OTEL_TRACES_SAMPLER_ARG: 0.5 has no effect, because OTEL_TRACES_SAMPLER is "),
            "{text}"
        );
    }
    let vars = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.5")];
    assert_eq!(resolve(&vars).expect("sound").warnings, []);
}
