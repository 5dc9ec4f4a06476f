//! What holds where nothing is set, or little.

use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;
use telemetry_core::MeterSettings;
use telemetry_core::settings::{Compression, PropagatorSet, ResolvedBatch};
use telemetry_core::trace::Sampling;
use tracing_subscriber::filter::Targets;

use super::resolve::resolve;

#[test]
fn nothing_set_gives_the_documented_defaults() {
    let resolved = resolve(&[]).expect("the defaults are sound");
    assert!(!resolved.disabled);
    assert_eq!(resolved.resource.service_name, "shop");
    assert!(resolved.resource.attributes.is_empty());
    for signal in [&resolved.traces, &resolved.metrics, &resolved.logs] {
        let signal = signal.as_ref().expect("every signal is exported");
        assert_eq!(signal.endpoint, "http://localhost:4317");
        assert!(signal.headers.is_empty());
        assert_eq!(signal.timeout, Duration::from_secs(60));
        assert_eq!(signal.connect_timeout, Duration::from_secs(2));
        assert_eq!(signal.call_timeout, Duration::from_secs(3));
        assert_eq!(signal.retry_max_delay, Duration::from_secs(2));
        assert_eq!(signal.compression, Compression::Gzip);
        assert!(signal.tls.is_none());
    }
    let batch = |seconds| ResolvedBatch {
        max_queue_size: 2048,
        max_export_batch_size: 512,
        schedule_delay: Duration::from_secs(seconds),
    };
    assert_eq!(resolved.span_batch, batch(5));
    assert_eq!(resolved.log_batch, batch(1));
    assert_eq!(resolved.metric_interval, Duration::from_secs(15));
    assert_eq!(resolved.temporality, Temporality::Cumulative);
    assert_eq!(resolved.meter, MeterSettings::default());
    assert_eq!(resolved.sampling, Sampling::ParentBasedAlwaysOn);
    assert_eq!(resolved.limits.span.max_attributes_per_span, 128);
    assert_eq!((resolved.limits.span_attribute_length, resolved.limits.item_size), (4096, 262_144));
    assert_eq!(resolved.limits.log_attributes, 128);
    assert_eq!(resolved.propagators, PropagatorSet::ALL);
    assert_eq!(resolved.log_filter, "info".parse::<Targets>().expect("a level"));
    assert_eq!(resolved.prometheus, None);
    assert!(resolved.meter.semconv.is_empty());
    assert_eq!(resolved.shutdown_timeout, Duration::from_secs(5));
}

#[test]
fn a_variable_set_to_nothing_counts_as_unset() {
    let set: Vec<_> = telemetry_core::settings::variables().map(|variable| (variable.env(), "")).collect();
    let resolved = resolve(&set).expect("nothing is set");
    assert_eq!(format!("{resolved:?}"), format!("{:?}", resolve(&[]).expect("the defaults are sound")));
}

#[test]
fn a_batch_fits_a_small_queue() {
    let resolved = resolve(&[("OTEL_BSP_MAX_QUEUE_SIZE", "10")]).expect("a small queue is fine");
    assert_eq!(resolved.span_batch.max_export_batch_size, 10);
    assert_eq!(resolved.log_batch.max_export_batch_size, 512);
}

#[test]
fn a_short_export_timeout_bounds_its_parts() {
    let vars = [("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"), ("OTEL_BSP_EXPORT_TIMEOUT", "500")];
    let resolved = resolve(&vars).expect("short timeouts are fine");
    let traces = resolved.traces.expect("exported");
    assert_eq!((traces.timeout, traces.call_timeout), (Duration::from_millis(500), Duration::from_millis(500)));
    let logs = resolved.logs.expect("exported");
    assert_eq!((logs.timeout, logs.connect_timeout), (Duration::from_secs(1), Duration::from_secs(1)));
}

#[test]
fn every_sampler_comes_out() {
    for (sampler, arg, sampling) in [
        ("always_on", "", Sampling::AlwaysOn),
        ("always_off", "", Sampling::AlwaysOff),
        ("traceidratio", "0.25", Sampling::Ratio(0.25)),
        ("TraceIdRatio", "", Sampling::Ratio(1.0)),
        ("parentbased_always_on", "", Sampling::ParentBasedAlwaysOn),
        ("parentbased_always_off", "", Sampling::ParentBasedAlwaysOff),
        ("parentbased_traceidratio", "0", Sampling::ParentBasedRatio(0.0)),
    ] {
        let vars = [("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", arg)];
        assert_eq!(resolve(&vars).expect(sampler).sampling, sampling);
        let mut builder = telemetry_core::settings::Settings::default();
        builder.sampling = sampling.into();
        let layers = [builder, telemetry_core::settings::Settings::for_service("shop")];
        let resolved = telemetry_core::settings::ResolvedSettings::resolve(layers).expect(sampler);
        assert_eq!(resolved.sampling, sampling);
    }
}

#[test]
fn exporters_are_as_named() {
    let vars = [("OTEL_TRACES_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "otlp")];
    let resolved = resolve(&vars).expect("known exporters");
    assert!(resolved.traces.is_none() && resolved.metrics.is_none() && resolved.logs.is_some());

    for (exporter, pushed) in [("prometheus", false), ("otlp,prometheus", true)] {
        let resolved = resolve(&[("OTEL_METRICS_EXPORTER", exporter)]);
        if cfg!(feature = "prometheus") {
            let resolved = resolved.expect("the feature is on");
            assert_eq!(resolved.metrics.is_some(), pushed);
            let listen = resolved.prometheus.expect("named").listen.expect("nobody else serves them");
            assert!(listen.ip().is_loopback(), "nobody else reads the metrics unasked");
            assert_eq!(listen.port(), 9464);
        } else {
            let error = resolved.expect_err("the feature is off");
            assert_eq!(error.setting(), "OTEL_METRICS_EXPORTER");
            assert!(error.to_string().contains("feature `prometheus` is off"), "{error}");
        }
    }
}

#[test]
fn limits_fall_back_to_those_of_all() {
    let vars = [
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "10"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "0"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "99"),
        ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "7"),
    ];
    let limits = resolve(&vars).expect("any limit is fine").limits;
    assert_eq!(limits.span.max_attributes_per_span, 0);
    assert_eq!(limits.span.max_attributes_per_event, 10);
    assert_eq!(limits.span.max_events_per_span, 128);
    assert_eq!(limits.log_attributes, 10);
    assert_eq!(limits.span_attribute_length, 99);
    assert_eq!(limits.log_attribute_length, 7);
}
