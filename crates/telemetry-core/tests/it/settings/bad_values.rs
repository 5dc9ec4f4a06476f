//! Bad values, each with the variable that its error has to name and what that says is accepted.

use std::time::Duration;

use telemetry_core::settings::{Headers, ResolvedSettings, Settings, Url};
use telemetry_core::{InitError, MeterSettings, Telemetry, TelemetryBuilder};

use super::resolve::resolve;

/// Variables, the one that the error names, and a part of what the error says is accepted.
type Case = (&'static [(&'static str, &'static str)], &'static str, &'static str);

const ENDPOINT: &str = "http:// or https://";
const MILLISECONDS: &str = "a whole number of milliseconds";
const DURATION: &str = "a duration from 1 ms to 24 h";
const HEADERS: &str = "a comma-separated list of name=value";
const HEADER_NAMES: &str = "names of HTTP headers other than";
const WHOLE: &str = "a whole number from 0 to";

/// One variable with a bad value, named in the error.
const ONE: &[(&str, &str, &str)] = &[
    // Addresses of collectors.
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://collector:4317", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "unix:///run/collector", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://:4317", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:0", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:99999", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317/v1/traces", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317?tenant=1", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317#top", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://coll ector:4317", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://collector", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "collector:4317", ENDPOINT),
    ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https:/collector", ENDPOINT),
    // Headers.
    ("OTEL_EXPORTER_OTLP_HEADERS", "no-equal-sign", HEADERS),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,,b=2", HEADERS),
    ("OTEL_EXPORTER_OTLP_HEADERS", "=value", HEADERS),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,A=2", HEADERS),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=100%", HEADERS),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=%zz", HEADERS),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=%0d%0ab: c", HEADERS),
    ("OTEL_EXPORTER_OTLP_HEADERS", "two words=1", HEADER_NAMES),
    ("OTEL_EXPORTER_OTLP_HEADERS", "a=%C3%BC", HEADER_NAMES),
    ("OTEL_EXPORTER_OTLP_HEADERS", "grpc-timeout=1S", HEADER_NAMES),
    ("OTEL_EXPORTER_OTLP_HEADERS", "content-type=text/plain", HEADER_NAMES),
    ("OTEL_EXPORTER_OTLP_HEADERS", "key-bin=1", HEADER_NAMES),
    ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "nonsense", HEADERS),
    // Durations.
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", DURATION),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", MILLISECONDS),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "-1", MILLISECONDS),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "+1", MILLISECONDS),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "1.5", MILLISECONDS),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "18446744073709551616", MILLISECONDS),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "18446744073709551615", DURATION),
    ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0", DURATION),
    ("OTEL_METRIC_EXPORT_INTERVAL", "0", DURATION),
    ("OTEL_METRIC_EXPORT_INTERVAL", "soon", MILLISECONDS),
    ("OTEL_METRIC_EXPORT_TIMEOUT", "0", DURATION),
    ("OTEL_BSP_SCHEDULE_DELAY", "0", DURATION),
    ("OTEL_BSP_EXPORT_TIMEOUT", "0", DURATION),
    ("OTEL_BLRP_SCHEDULE_DELAY", "0", DURATION),
    ("OTEL_BLRP_EXPORT_TIMEOUT", "0", DURATION),
    ("TELEMETRY_SHUTDOWN_TIMEOUT", "0s", DURATION),
    ("TELEMETRY_SHUTDOWN_TIMEOUT", "25h", DURATION),
    ("TELEMETRY_SHUTDOWN_TIMEOUT", "5", "a duration with its unit"),
    ("TELEMETRY_SHUTDOWN_TIMEOUT", "5 parsecs", "a duration with its unit"),
    ("TELEMETRY_OTLP_CONNECT_TIMEOUT", "0ms", DURATION),
    ("TELEMETRY_OTLP_CALL_TIMEOUT", "0ms", DURATION),
    ("TELEMETRY_OTLP_RETRY_MAX_DELAY", "0ms", DURATION),
    // Queues.
    ("OTEL_BSP_MAX_QUEUE_SIZE", "0", "a whole number from 1 to 1000000"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "18446744073709551615", "a whole number from 1 to 1000000"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "many", "a whole number from 1 to 1000000"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0", "a whole number from 1 to 1000000"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2049", "which is OTEL_BSP_MAX_QUEUE_SIZE"),
    ("OTEL_BLRP_MAX_QUEUE_SIZE", "0", "a whole number from 1 to 1000000"),
    ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "2049", "which is OTEL_BLRP_MAX_QUEUE_SIZE"),
    // Sampling.
    ("OTEL_TRACES_SAMPLER", "sometimes", "parentbased_traceidratio"),
    ("OTEL_TRACES_SAMPLER", "jaeger_remote", "need an agent"),
    ("OTEL_TRACES_SAMPLER", "xray", "need an agent"),
    ("OTEL_TRACES_SAMPLER_ARG", "NaN", "a finite number"),
    ("OTEL_TRACES_SAMPLER_ARG", "inf", "a finite number"),
    ("OTEL_TRACES_SAMPLER_ARG", "often", "a finite number"),
    // Choices.
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "grpc"),
    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "grpc"),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "gzip or none"),
    ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "deflate", "gzip or none"),
    ("OTEL_EXPORTER_OTLP_INSECURE", "1", "true or false"),
    ("OTEL_EXPORTER_OTLP_INSECURE", "false", "true or nothing, because OTEL_EXPORTER_OTLP_ENDPOINT is http://"),
    ("OTEL_TRACES_EXPORTER", "console", "console is refused"),
    ("OTEL_TRACES_EXPORTER", "zipkin", "otlp, none"),
    ("OTEL_TRACES_EXPORTER", "prometheus", "otlp or none"),
    ("OTEL_LOGS_EXPORTER", "prometheus", "otlp or none"),
    ("OTEL_LOGS_EXPORTER", "otlp,none", "otlp, none"),
    ("OTEL_METRICS_EXPORTER", "console", "console is refused"),
    ("OTEL_METRICS_EXPORTER", "otlp,otlp", "otlp, none"),
    ("OTEL_PROPAGATORS", "b3", "tracecontext and baggage"),
    ("OTEL_PROPAGATORS", "tracecontext,none", "tracecontext and baggage"),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "monthly", "cumulative, delta or lowmemory"),
    (
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "base2_exponential_bucket_histogram",
        "explicit_bucket_histogram",
    ),
    ("TELEMETRY_SEMCONV", "gen_ai,genai", "gen_ai, mcp, http or db"),
    // Limits.
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "-1", WHOLE),
    ("OTEL_SPAN_EVENT_COUNT_LIMIT", "4294967296", WHOLE),
    ("OTEL_SPAN_LINK_COUNT_LIMIT", "few", WHOLE),
    ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "1e3", WHOLE),
    // Metrics.
    ("TELEMETRY_NAMESPACE", "Acme", "a name of a-z"),
    ("TELEMETRY_NAMESPACE", "acme_", "a name of a-z"),
    ("TELEMETRY_DETAIL_LABELS", "on", "true or false"),
    ("TELEMETRY_MAX_LABEL_VALUES", "0", "a whole number from 1 to 100000"),
    ("TELEMETRY_MAX_SERIES", "0", "a whole number from 1 to 1000000"),
    ("TELEMETRY_BUCKETS", "runtime_tool_execute_seconds", "metric=bound"),
    ("TELEMETRY_BUCKETS", "x=", "metric=bound"),
    ("TELEMETRY_BUCKETS", "x=1,2;x=3", "metric=bound"),
    ("TELEMETRY_BUCKETS", "x=1,1", "finite and rising"),
    ("TELEMETRY_BUCKETS", "x=2,1", "finite and rising"),
    ("TELEMETRY_BUCKETS", "x=1,inf", "finite and rising"),
    ("TELEMETRY_BUCKETS", "x=NaN", "finite and rising"),
    ("TELEMETRY_BUCKETS", "=1,2", "metric=bound"),
    // Who and what.
    ("OTEL_RESOURCE_ATTRIBUTES", "service.version", "key=value"),
    ("OTEL_RESOURCE_ATTRIBUTES", "a=1,a=2", "key=value"),
    ("OTEL_RESOURCE_ATTRIBUTES", "=1", "key=value"),
    ("OTEL_RESOURCE_ATTRIBUTES", "a=%", "key=value"),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.name=", "no empty service.name"),
    ("TELEMETRY_LOG_LEVEL", "verbose", "off, error, warn"),
    ("TELEMETRY_LOG_LEVEL", "info,shop=loud", "off, error, warn"),
    ("TELEMETRY_LOG_LEVEL", "=info", "off, error, warn"),
    // Prometheus.
    ("TELEMETRY_PROMETHEUS_LISTEN", "9464", "an IP address and a port"),
    ("TELEMETRY_PROMETHEUS_LISTEN", "127.0.0.1:99999", "an IP address and a port"),
    ("OTEL_EXPORTER_PROMETHEUS_HOST", "example.com", "an IP address or localhost"),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", "65536", WHOLE),
];

/// Values that are bad together.
const TOGETHER: &[Case] = &[
    (
        &[("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "7")],
        "OTEL_TRACES_SAMPLER_ARG",
        "a number from 0 to 1",
    ),
    (
        &[("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "-0.1")],
        "OTEL_TRACES_SAMPLER_ARG",
        "a number from 0 to 1",
    ),
    (
        &[("OTEL_BSP_MAX_QUEUE_SIZE", "100"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "101")],
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "a whole number from 1 to 100, which is OTEL_BSP_MAX_QUEUE_SIZE",
    ),
    (
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector"), ("OTEL_EXPORTER_OTLP_INSECURE", "true")],
        "OTEL_EXPORTER_OTLP_INSECURE",
        "false or nothing, because OTEL_EXPORTER_OTLP_ENDPOINT is https://",
    ),
    (
        &[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://collector"), ("OTEL_EXPORTER_OTLP_LOGS_INSECURE", "true")],
        "OTEL_EXPORTER_OTLP_LOGS_INSECURE",
        "because OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is https://",
    ),
];

#[test]
fn each_is_refused_by_its_name() {
    let one = ONE.iter().map(|(name, value, accepted)| (vec![(*name, *value)], *name, *accepted));
    let together = TOGETHER.iter().map(|(vars, setting, accepted)| (vars.to_vec(), *setting, *accepted));
    for (vars, setting, accepted) in one.chain(together) {
        let error = resolve(&vars).expect_err(&format!("{vars:?} is refused"));
        let text = error.to_string();
        assert_eq!(error.setting(), setting, "{vars:?}: {text}");
        assert!(text.contains(accepted), "{vars:?}: {text:?} should say {accepted:?}");
    }
}

#[test]
fn a_secret_is_in_no_error_and_no_debug_output() {
    const SECRET: &str = "hunter2";
    let refused = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2,broken"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "two words=hunter2"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "hunter2"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:hunter2@collector:4317"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "hunter2@collector"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://collector?key=hunter2"),
    ];
    for (name, value) in refused {
        let error = resolve(&[(name, value)]).expect_err(value);
        assert_eq!(error.setting(), name);
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
        assert!(error.to_string().contains("[redacted]"), "{error}");
    }

    let mut headers = Headers::default();
    headers.insert("authorization", "Bearer hunter2");
    let mut builder = Settings::default();
    builder.otlp.all.headers = Some(headers);
    builder.otlp.logs.endpoint = Some(Url::from("http://user:hunter2@collector"));
    assert!(!format!("{builder:?}").contains(SECRET), "{builder:?}");

    builder.otlp.logs.endpoint = None;
    let resolved = ResolvedSettings::resolve([builder, Settings::for_service("shop")]).expect("nothing is wrong");
    assert!(!format!("{resolved:?}").contains(SECRET), "{resolved:?}");
}

#[test]
fn the_builder_is_checked_like_the_rest() {
    type Edit = fn(&mut Settings);
    let cases: &[(Edit, &str)] = &[
        (|s| s.otlp.all.endpoint = Some("collector:4317".into()), "builder `endpoint`"),
        (|s| s.otlp.traces.endpoint = Some("ftp://collector".into()), "builder `otlp.traces.endpoint`"),
        (|s| s.otlp.all.timeout = Some(Duration::ZERO), "builder `otlp.timeout`"),
        (|s| s.otlp.all.certificate = Some("ca.pem".into()), "builder `ca_file`"),
        (|s| s.metrics.export_interval = Some(Duration::ZERO), "builder `metric_interval`"),
        (|s| s.batch.spans.max_queue_size = Some(0), "builder `batch.spans.max_queue_size`"),
        (|s| s.sampling = telemetry_core::trace::Sampling::Ratio(7.0).into(), "builder `sample_ratio`"),
        (|s| s.sampling = telemetry_core::trace::Sampling::Ratio(f64::NAN).into(), "builder `sample_ratio`"),
        (|s| s.shutdown_timeout = Some(Duration::MAX), "builder `shutdown_timeout`"),
        (|s| s.logs.level = Some("loud".to_owned()), "builder `log_level`"),
        (|s| s.resource.service_name = Some(String::new()), "builder `resource.service_name`"),
        (|s| s.resource.attributes.get_or_insert_default().insert("", "x"), "builder `attribute`"),
        (|s| s.otlp.all.headers.get_or_insert_default().insert("a b", "x"), "builder `header`"),
    ];
    for (edit, setting) in cases {
        let mut builder = Settings::default();
        edit(&mut builder);
        let error = ResolvedSettings::resolve([builder, Settings::for_service("shop")]).expect_err(setting);
        assert_eq!(error.setting(), *setting, "{error}");
    }
    let error = ResolvedSettings::resolve([Settings::for_service("")]).expect_err("a service has a name");
    assert_eq!(error.setting(), "application's own resource.service_name");
}

#[test]
fn a_method_of_the_builder_is_named_as_it_is_called() {
    type Call = fn(TelemetryBuilder) -> TelemetryBuilder;
    let cases: &[(Call, &str)] = &[
        (|b| b.endpoint("collector:4317"), "endpoint"),
        (|b| b.header("two words", "x"), "header"),
        (|b| b.ca_file("ca.pem"), "ca_file"),
        (|b| b.client_identity_files("client.pem", "client.key"), "client_identity_files"),
        (|b| b.attribute("", "x"), "attribute"),
        (|b| b.metric_interval(Duration::ZERO), "metric_interval"),
        (|b| b.sample_ratio(7.0), "sample_ratio"),
        (|b| b.log_level("loud"), "log_level"),
        (|b| b.shutdown_timeout(Duration::ZERO), "shutdown_timeout"),
        (|b| b.domain(|meter: &mut MeterSettings| meter.max_series = 0), "metrics.max_series"),
        (
            |b| b.domain(|meter: &mut MeterSettings| drop(meter.buckets.insert("x".to_owned(), vec![2.0, 1.0]))),
            "metrics.buckets",
        ),
    ];
    for (call, method) in cases {
        let error = call(Telemetry::builder("shop")).build().expect_err(method);
        let InitError::Settings(error) = error else { panic!("{method}: {error}") };
        assert_eq!(error.setting(), format!("builder `{method}`"), "{error}");
    }
}

#[test]
fn an_unknown_variable_of_ours_is_refused_with_the_nearest() {
    for (name, nearest) in [
        ("NAMESPAC", "TELEMETRY_NAMESPACE"),
        ("SHUTDOWN_TIME_OUT", "TELEMETRY_SHUTDOWN_TIMEOUT"),
        ("LOGLEVEL", "TELEMETRY_LOG_LEVEL"),
        ("PROMETHEUS_LISTENER", "TELEMETRY_PROMETHEUS_LISTEN"),
    ] {
        let name = &*format!("TELEMETRY_{name}");
        let error = resolve(&[(name, "")]).expect_err(name);
        assert_eq!(error.setting(), name);
        assert!(error.to_string().ends_with(&format!("the nearest is {nearest}")), "{error}");
    }
    let others = ["OTLP_ENDPIONT", "ZIPKIN_ENDPOINT"].map(|name| format!("OTEL_EXPORTER_{name}"));
    resolve(&[(&others[0], "x"), (&others[1], "x"), ("PATH", "/bin")]).expect("what is not ours is left alone");
}
