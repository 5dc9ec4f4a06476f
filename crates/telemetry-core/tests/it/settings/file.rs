//! Settings files: forms of values, and what is said of broken ones.

use std::time::Duration;

use telemetry_core::settings::{ResolvedSettings, Semconv, Settings, variables};

const WHOLE: &str = "
otlp:
  endpoint: http://collector:4317
  headers: {x-tenant: 'a=b,c', x-number: 12}
  timeout: 1m
  compression: none
  traces: {endpoint: 'http://traces:4317'}
  call_timeout: 1s 500ms
batch:
  spans: {max_queue_size: 4096, schedule_delay: 500ms}
metrics:
  namespace: acme
  detail_labels: true
  buckets: {runtime_tool_execute_seconds: [0.1, 1, 10]}
resource:
  service_name: cafe
  attributes: {service.version: '1.10', replicas: 3, canary: true}
sampling: {sampler: traceidratio, ratio: 0.5}
limits: {span_events: 7}
propagators: [tracecontext]
logs: {level: 'warn,shop=debug'}
semconv: [gen_ai, mcp]
shutdown_timeout:
";

#[test]
fn every_form_of_value_is_read() {
    let file = Settings::from_yaml(WHOLE, "telemetry.yaml").expect("sound");
    let resolved = ResolvedSettings::resolve([file, Settings::for_service("shop")]).expect("sound");
    let (traces, logs) = (resolved.traces.expect("on"), resolved.logs.expect("on"));
    assert_eq!(traces.endpoint.host(), Some("traces"));
    assert_eq!(logs.headers["x-tenant"], "a=b,c");
    assert_eq!(logs.headers["x-number"], "12");
    assert_eq!((logs.timeout, logs.call_timeout), (Duration::from_secs(60), Duration::from_millis(1500)));
    assert_eq!(resolved.span_batch.max_queue_size, 4096);
    assert_eq!(resolved.span_batch.schedule_delay, Duration::from_millis(500));
    assert_eq!(resolved.meter.namespace.as_str(), "acme");
    assert!(resolved.meter.detail_labels);
    assert_eq!(resolved.meter.buckets["runtime_tool_execute_seconds"], [0.1, 1.0, 10.0]);
    assert_eq!(resolved.resource.service_name, "cafe");
    assert_eq!(resolved.resource.attributes["service.version"], "1.10");
    assert_eq!(resolved.resource.attributes["replicas"], "3");
    assert_eq!(resolved.sampling, telemetry_core::trace::Sampling::Ratio(0.5));
    assert_eq!(resolved.limits.span.max_events_per_span, 7);
    assert!(resolved.propagators.trace_context && !resolved.propagators.baggage);
    assert_eq!(resolved.meter.semconv.into_iter().collect::<Vec<_>>(), [Semconv::GenAi, Semconv::Mcp]);
    assert_eq!(resolved.shutdown_timeout, Duration::from_secs(5), "set to nothing counts as unset");
}

#[test]
fn what_is_wrong_is_named_by_key_and_file() {
    for (yaml, setting, says) in [
        ("otlp: {endpiont: x}", "otlp.endpiont in f.yaml", "the nearest is otlp.endpoint"),
        ("otpl: {endpoint: x}", "otpl in f.yaml", "there is no such setting"),
        ("otlp: {endpoint: {a: b}}", "otlp.endpoint in f.yaml", "a text"),
        ("otlp: http://collector", "otlp in f.yaml", "there is no such setting"),
        ("config_file: other.yaml", "config_file in f.yaml", "there is no such setting"),
        ("- a", " in f.yaml", "there is no such setting"),
        ("shutdown_timeout: 5000", "shutdown_timeout in f.yaml", "a duration with its unit"),
        ("metrics: {max_series: 1.5}", "metrics.max_series in f.yaml", "a whole number"),
        ("metrics: {buckets: {a: 1}}", "metrics.buckets in f.yaml", "metric=bound"),
        ("resource: {attributes: {version: 1.10}}", "resource.attributes in f.yaml", "key=value"),
        ("resource: {service_name: 1.10}", "resource.service_name in f.yaml", "in quotes"),
        ("sampling: {ratio: [1]}", "sampling.ratio in f.yaml", "a finite number"),
        ("a: 1\na: 2", "config_file", "f.yaml: it is no sound YAML at line 2"),
        ("a: [", "config_file", "f.yaml: it is no sound YAML"),
    ] {
        let error = Settings::from_yaml(yaml, "f.yaml").expect_err(yaml);
        assert_eq!(error.setting(), setting, "{yaml}: {error}");
        assert!(error.to_string().contains(says), "{yaml}: {error}");
    }
}

#[test]
fn a_secret_in_a_broken_file_is_not_quoted() {
    for yaml in ["otlp: {headers: {authorization: hunter2}", "otlp: {headers: hunter2}", "otlp: {headers: [hunter2]}"] {
        let error = Settings::from_yaml(yaml, "f.yaml").expect_err(yaml);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn an_application_embeds_the_settings_in_its_own() {
    #[derive(serde::Deserialize)]
    struct Shop {
        till: u32,
        telemetry: Settings,
    }
    let shop: Shop = serde_saphyr::from_str("till: 3\ntelemetry: {otlp: {endpoint: 'http://c:1'}}").expect("sound");
    assert_eq!(shop.till, 3);
    assert_eq!(shop.telemetry.otlp.all.endpoint, Some("http://c:1".into()));

    let wrong = serde_saphyr::from_str::<Shop>("till: 3\ntelemetry: {otlp: {endpiont: x}}").err().expect("refused");
    assert!(wrong.to_string().contains("otlp.endpiont"), "{wrong}");
}

#[test]
fn every_key_can_be_set_in_a_file() {
    for row in variables().filter(|row| row.key() != "config_file") {
        let depth = row.key().split('.').count();
        let open: String = row.key().split('.').map(|level| format!("{{{level}: ")).collect();
        let yaml = format!("{open}'{}'{}", row.example(), "}".repeat(depth));
        let settings = Settings::from_yaml(&yaml, "f.yaml").expect("an example is accepted");
        assert_ne!(settings, Settings::from_yaml("", "f.yaml").expect("an empty file says nothing"), "{row:?}");
    }
}
