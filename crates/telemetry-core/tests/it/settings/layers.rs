//! Which source counts more.

use std::io::Write as _;
use std::time::Duration;

use telemetry_core::Telemetry;
use telemetry_core::settings::{ResolvedSettings, SamplerKind, Settings};
use telemetry_core::trace::Sampling;

use super::resolve::resolve;

#[test]
fn the_builder_outranks_the_environment_and_that_the_file() {
    let mut builder = Settings::default();
    builder.shutdown_timeout = Some(Duration::from_secs(1));
    let environment = Settings::from_vars([
        ("TELEMETRY_SHUTDOWN_TIMEOUT", "2s"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "2000"),
        ("OTEL_SERVICE_NAME", "from-environment"),
    ])
    .expect("sound");
    let file = Settings::from_yaml(
        "shutdown_timeout: 3s\nmetrics: {export_interval: 3s}\nbatch: {spans: {schedule_delay: 3s}}\n",
        "telemetry.yaml",
    )
    .expect("sound");
    // The order of the list does not matter.
    let layers = [Settings::for_service("shop"), file, environment, builder];
    let resolved = ResolvedSettings::resolve(layers).expect("sound");
    assert_eq!(resolved.shutdown_timeout, Duration::from_secs(1));
    assert_eq!(resolved.metric_interval, Duration::from_secs(2));
    assert_eq!(resolved.span_batch.schedule_delay, Duration::from_secs(3));
    assert_eq!(resolved.resource.service_name, "from-environment");
}

#[test]
fn the_service_name_variable_outranks_the_attribute() {
    for (name, attributes, expected) in [
        ("named", "service.name=attribute,a=1", "named"),
        ("", "service.name=attribute,a=1", "attribute"),
        ("named", "a=1", "named"),
        ("", "a=1", "shop"),
    ] {
        let vars = [("OTEL_SERVICE_NAME", name), ("OTEL_RESOURCE_ATTRIBUTES", attributes)];
        let resource = resolve(&vars).expect("sound").resource;
        assert_eq!(resource.service_name, expected, "{vars:?}");
        assert!(!resource.attributes.contains_key("service.name"), "it is said once");
        assert_eq!(resource.attributes["a"], "1");
    }
}

#[test]
fn attributes_of_all_sources_are_joined() {
    let mut builder = Settings::default();
    let attributes = builder.resource.attributes.get_or_insert_default();
    attributes.insert("a", "builder");
    let environment =
        Settings::from_vars([("OTEL_RESOURCE_ATTRIBUTES", "a=environment,b=with%20space%2C,c=x=y")]).expect("sound");
    let file = Settings::from_yaml("resource: {attributes: {b: file, d: '1.10'}}", "f.yaml").expect("sound");
    let layers = [builder, environment, file, Settings::for_service("shop")];
    let attributes = ResolvedSettings::resolve(layers).expect("sound").resource.attributes;
    let expected = [("a", "builder"), ("b", "with space,"), ("c", "x=y"), ("d", "1.10")];
    assert_eq!(attributes, expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
}

#[test]
fn a_signal_has_its_own_settings() {
    let vars = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4317"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4317/"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=all,x-tenant=a%3Db"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-key=metrics"),
        ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none"),
        ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "4000"),
    ];
    let resolved = resolve(&vars).expect("sound");
    let (traces, metrics, logs) =
        (resolved.traces.expect("on"), resolved.metrics.expect("on"), resolved.logs.expect("on"));
    assert_eq!(traces.endpoint.host(), Some("traces"));
    assert_eq!(metrics.endpoint.host(), Some("all"));
    assert_eq!(traces.headers["x-key"], "all");
    assert_eq!(traces.headers["x-tenant"], "a=b");
    assert_eq!(metrics.headers["x-key"], "metrics");
    assert_eq!(metrics.headers.len(), 1, "a signal's headers replace those of all");
    assert_ne!(traces.compression, logs.compression);
    assert_eq!(logs.timeout, Duration::from_secs(4));
}

#[test]
fn a_source_outranks_even_what_another_says_of_one_signal() {
    let mut builder = Settings::default();
    builder.otlp.all.endpoint = Some("http://builder:4317".into());
    let environment =
        Settings::from_vars([("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://environment:4317")]).expect("sound");
    let resolved = ResolvedSettings::resolve([builder, environment, Settings::for_service("shop")]).expect("sound");
    assert_eq!(resolved.traces.expect("on").endpoint.host(), Some("builder"));
}

#[test]
fn a_sampler_takes_the_ratio_of_weaker_sources_with_it() {
    let mut builder = Settings::default();
    builder.sampling.sampler = Some(SamplerKind::AlwaysOn);
    let environment =
        Settings::from_vars([("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.5")])
            .expect("sound");
    let resolved = ResolvedSettings::resolve([builder, environment, Settings::for_service("shop")]).expect("sound");
    assert_eq!(resolved.sampling, Sampling::AlwaysOn);
}

#[test]
fn what_another_source_outranks_is_checked_all_the_same() {
    let mut builder = Settings::default();
    builder.metrics.export_interval = Some(Duration::from_secs(1));
    let environment = Settings::from_vars([("OTEL_METRIC_EXPORT_INTERVAL", "0")]).expect_err("too short");
    assert_eq!(environment.setting(), "OTEL_METRIC_EXPORT_INTERVAL");
    let error = Telemetry::builder("shop")
        .metric_interval(Duration::from_secs(1))
        .from_vars([("OTEL_METRIC_EXPORT_INTERVAL", "0")])
        .resolve()
        .expect_err("too short, although the builder outranks it");
    assert_eq!(error.setting(), "OTEL_METRIC_EXPORT_INTERVAL");

    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    write!(file, "metrics: {{max_series: 0}}").expect("written");
    builder.config_file = Some(file.path().to_owned());
    let environment = Settings::from_vars([("TELEMETRY_MAX_SERIES", "5")]).expect("sound");
    let layers = [builder, environment, Settings::for_service("shop")];
    let error = ResolvedSettings::resolve(layers).expect_err("none, although the environment outranks it");
    assert_eq!(error.setting(), format!("metrics.max_series in {}", file.path().display()));
}

#[test]
fn a_file_that_a_setting_names_is_read() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    writeln!(file, "otlp:\n  endpoint: http://from-file:4317\n  timeout: 0s").expect("written");
    let path = file.path().to_str().expect("a path of text");
    let vars = [("TELEMETRY_CONFIG_FILE", path), ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000")];
    let error = resolve(&vars).expect_err("the file's timeout is bad, although the environment outranks it");
    assert_eq!(error.setting(), format!("otlp.timeout in {path}"));

    std::fs::write(path, "otlp:\n  endpoint: http://from-file:4317\n  timeout: 9s").expect("written");
    let logs = resolve(&vars).expect("sound").logs.expect("on");
    assert_eq!((logs.endpoint.host(), logs.timeout), (Some("from-file"), Duration::from_secs(1)));

    let error = resolve(&[("TELEMETRY_CONFIG_FILE", "/nowhere/telemetry.yaml")]).expect_err("there is no such file");
    assert_eq!(error.setting(), "TELEMETRY_CONFIG_FILE");
    assert!(error.to_string().contains("/nowhere/telemetry.yaml"), "{error}");
}
