//! The OTLP sink: what it keeps, and how it fails on command.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use opentelemetry::trace::SpanKind;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_sdk::metrics::Temporality;
use telemetry_core::Kind;
use telemetry_testkit::{OtlpSignal, OtlpSink, SinkError, TestCa};
use tonic::Code;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};
use tonic_types::StatusExt as _;

use crate::client::{PATIENCE, channel, counter, histogram, log, send_logs, send_metrics, send_spans, span, spans};

#[tokio::test]
async fn metrics_arrive_flat_with_headers_and_bytes() {
    let sink = OtlpSink::start();
    let channel = channel(&sink).await;
    send_metrics(&channel, counter("git", 3, 1)).await.unwrap();
    send_metrics(&channel, counter("git", 5, 2)).await.unwrap();
    send_metrics(&channel, counter("npm", 2, 2)).await.unwrap();
    send_metrics(&channel, histogram()).await.unwrap();

    let metrics = sink.metrics();
    metrics.assert_counter("orders_total", &[("tool_id", "git")], 5.0);
    assert_eq!(metrics.total("orders_total", &[]), 7.0);
    assert_eq!(metrics.series_count("orders_total"), 2);
    assert_eq!(metrics.value("orders_total", &[("tool_id", "cargo")]), None);
    metrics.assert_absent("orders_total", &[("tool_id", "cargo")]);

    let point = metrics.one("orders_total", &[("tool_id", "npm")]);
    assert_eq!((point.kind, point.is_monotonic()), (Kind::Counter, true));
    assert_eq!((point.unit.as_str(), point.description.as_str()), ("{order}", "Orders"));
    assert_eq!(point.temporality, Some(Temporality::Cumulative));
    assert_eq!((point.scope.as_str(), point.resource["service.name"].as_str()), ("shop.orders", "shop"));

    let seconds = metrics.histogram("order_seconds", &[]);
    assert_eq!((seconds.count, seconds.sum), (3, 1.5));
    assert_eq!((&seconds.bounds[..], &seconds.bucket_counts[..]), (&[0.5, 2.0][..], &[2, 1, 0][..]));
    assert_eq!(metrics.one("order_seconds", &[]).temporality, Some(Temporality::Delta));

    let requests = sink.requests();
    assert_eq!(requests.len(), 4);
    assert_eq!((requests[0].signal, requests[0].headers["x-tenant"].as_str()), (OtlpSignal::Metrics, "acme"));
    assert_eq!(sink.raw_metrics()[3], histogram());
    assert!(sink.contains_bytes("orders_total") && !sink.contains_bytes("canary-1f3a"));
    assert_eq!((sink.counts().metrics, sink.counts().accepted(), sink.counts().refused), (4, 4, 0));

    sink.clear();
    assert!(sink.metrics().is_empty() && sink.requests().is_empty() && sink.counts().accepted() == 0);
}

#[tokio::test]
async fn spans_and_logs_arrive_flat_and_retried_spans_are_told_apart() {
    let sink = OtlpSink::start();
    let channel = channel(&sink).await;
    let batch = spans(vec![span("child", 2, Some(1)), span("root", 1, None)]);
    send_spans(&channel, batch.clone()).await.unwrap();
    send_spans(&channel, batch).await.unwrap();
    send_logs(&channel, log("disk is full")).await.unwrap();

    let all = sink.spans();
    assert_eq!((all.len(), all.duplicates()), (4, 2));
    let spans = all.distinct();
    let (root, child) = (spans.one("root"), spans.one("child"));
    assert_eq!(spans.parent_of(child), Some(root));
    assert_eq!(spans.children_of(root), [child]);
    assert_eq!(spans.by_id("0202020202020202"), Some(child));
    assert_eq!((root.parent_span_id.as_deref(), root.trace_id.len()), (None, 32));
    assert_eq!((&child.kind, child.is_error(), child.duration()), (&SpanKind::Client, true, Duration::from_micros(2)));
    child.assert_attribute("exit_code", "3");
    assert_eq!(child.events_named("poll_iteration")[0].attributes["attempt"], "1");
    assert_eq!(child.links[0].span_id, "0808080808080808");

    let logs = sink.logs();
    let entry = logs.one("disk");
    assert_eq!((entry.severity.as_str(), entry.severity_number), ("WARN", 13));
    assert_eq!(entry.span_id.as_ref(), Some(&root.span_id));
    entry.assert_attribute("retryable", "true");
}

#[tokio::test]
async fn refusals_carry_the_code_asked_for_and_end_at_once() {
    let sink = OtlpSink::start();
    let channel = channel(&sink).await;
    for code in [Code::Unavailable, Code::ResourceExhausted, Code::InvalidArgument, Code::Unauthenticated] {
        sink.fail_with(code);
        assert_eq!(send_logs(&channel, log("x")).await.unwrap_err().code(), code);
    }
    sink.refuse(true);
    assert_eq!(send_logs(&channel, log("x")).await.unwrap_err().code(), Code::Unavailable);
    assert!(sink.logs().is_empty() && !sink.contains_bytes("x"), "a refused request leaves nothing");
    sink.refuse(false);
    send_logs(&channel, log("x")).await.unwrap();
    assert_eq!((sink.counts().refused, sink.counts().logs), (5, 1));
}

#[tokio::test]
async fn a_wait_is_asked_for_and_items_are_refused_as_otlp_says_it() {
    let sink = OtlpSink::start();
    let channel = channel(&sink).await;
    sink.throttle(Duration::from_secs(3));
    let throttled = send_spans(&channel, spans(vec![span("a", 1, None)])).await.unwrap_err();
    let asked = throttled.get_details_retry_info().and_then(|info| info.retry_delay);
    assert_eq!((throttled.code(), asked), (Code::ResourceExhausted, Some(Duration::from_secs(3))));
    sink.refuse(false);

    sink.reject_items(2, "too old");
    let mut logs = LogsServiceClient::new(channel.clone());
    let answer = logs.export(log("kept all the same")).await.unwrap().into_inner();
    let partial = answer.partial_success.unwrap();
    assert_eq!((partial.rejected_log_records, partial.error_message.as_str()), (2, "too old"));
    sink.heal();
    assert_eq!(logs.export(log("whole")).await.unwrap().into_inner().partial_success, None);
    assert_eq!((sink.counts().refused, sink.counts().logs, sink.logs().len()), (1, 2, 2));
}

#[tokio::test]
async fn hanging_calls_wait_until_the_sink_is_healed() {
    let sink = OtlpSink::start();
    let channel = channel(&sink).await;
    sink.hang(true);
    let held = channel.clone();
    let call = tokio::spawn(async move { send_logs(&held, log("held")).await });
    sink.arrival(PATIENCE, "a call that waits", |sink| sink.counts().hung > 0).await;
    assert!(!call.is_finished() && sink.logs().is_empty());
    sink.hang(false);
    tokio::time::timeout(PATIENCE, call).await.unwrap().unwrap().unwrap();
    assert_eq!(sink.logs().one("held").body, "held");
}

#[tokio::test]
async fn death_closes_connections_in_use_and_the_port_comes_back() {
    let sink = OtlpSink::start();
    let (port, first) = (sink.port(), channel(&sink).await);
    send_logs(&first, log("before")).await.unwrap();
    sink.hang(true);
    let call = tokio::spawn(async move { send_logs(&first, log("lost")).await });
    sink.arrival(PATIENCE, "a call that waits", |sink| sink.counts().hung > 0).await;
    sink.die();
    tokio::time::timeout(PATIENCE, call).await.unwrap().unwrap().unwrap_err();
    let refused = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    sink.die();

    sink.heal();
    sink.revive().unwrap();
    sink.revive().unwrap();
    assert_eq!(sink.port(), port);
    send_logs(&channel(&sink).await, log("after")).await.unwrap();
    let bodies: Vec<_> = sink.logs().iter().map(|entry| entry.body.clone()).collect();
    assert_eq!(bodies, ["before", "after"], "what came before the death is kept");
}

#[tokio::test]
async fn messages_above_the_limit_are_refused_as_the_collector_does() {
    let sink = OtlpSink::builder().max_message_bytes(1000).start().unwrap();
    let channel = channel(&sink).await;
    send_logs(&channel, log(&"a".repeat(500))).await.unwrap();
    let error = send_logs(&channel, log(&"a".repeat(1000))).await.unwrap_err();
    assert_eq!(error.code(), Code::ResourceExhausted);

    let collector_like = OtlpSink::start();
    let channel = crate::client::channel(&collector_like).await;
    send_logs(&channel, log(&"a".repeat(4 << 20))).await.unwrap_err();
    send_logs(&channel, log(&"a".repeat((4 << 20) - 1000))).await.unwrap();
}

#[tokio::test]
async fn tls_takes_only_those_that_trust_it_and_mutual_tls_only_its_own_clients() {
    let (ca, other) = (TestCa::new(), TestCa::new());
    let tls = OtlpSink::builder().tls(&ca.server()).start().unwrap();
    let mtls = OtlpSink::builder().mtls(&ca.server(), &ca.pem()).start().unwrap();
    let wrong_name = OtlpSink::builder().tls(&ca.server_for(&["collector.example"])).start().unwrap();
    let trusting = |ca: &TestCa| ClientTlsConfig::new().ca_certificate(Certificate::from_pem(ca.pem()));
    let with = |config: ClientTlsConfig, ca: &TestCa| {
        let client = ca.client();
        config.identity(Identity::from_pem(client.certificate_pem, client.key_pem))
    };
    let cases = [
        ("trusted", &tls, trusting(&ca), true),
        ("another CA trusted", &tls, trusting(&other), false),
        ("another host's certificate", &wrong_name, trusting(&ca), false),
        ("no client certificate", &mtls, trusting(&ca), false),
        ("client of another CA", &mtls, with(trusting(&ca), &other), false),
        ("own client", &mtls, with(trusting(&ca), &ca), true),
    ];
    for (case, sink, config, accepted) in cases {
        assert!(sink.endpoint().starts_with("https://127.0.0.1:"));
        let channel = Endpoint::from_shared(sink.endpoint()).unwrap().tls_config(config).unwrap().connect_lazy();
        let result = send_logs(&channel, log(case)).await;
        assert_eq!(result.is_ok(), accepted, "{case}: {result:?}");
        assert_eq!(sink.contains_bytes(case), accepted, "{case}");
    }
}

#[test]
fn a_taken_port_and_a_garbage_identity_are_errors() {
    let sink = OtlpSink::start();
    let taken = OtlpSink::builder().port(sink.port()).start().unwrap_err();
    assert!(matches!(taken, SinkError::Listen { port, .. } if port == sink.port()), "{taken}");
    let mut identity = TestCa::new().server();
    identity.certificate_pem = "garbage".to_owned();
    let error = OtlpSink::builder().tls(&identity).start().unwrap_err();
    assert!(matches!(error, SinkError::Tls(_)), "{error}");
}

#[test]
fn waiting_ends_with_what_was_awaited_or_says_what_there_is_instead() {
    let sink = OtlpSink::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            runtime.block_on(async { send_metrics(&channel(&sink).await, counter("git", 4, 1)).await.unwrap() });
        });
        let value = sink.wait_for_some(PATIENCE, "the counter", |sink| sink.metrics().value("orders_total", &[]));
        assert_eq!(value, 4.0);
    });
    let failure = catch_unwind(AssertUnwindSafe(|| {
        sink.wait_for(Duration::from_millis(20), "a span root", |sink| !sink.spans().is_empty());
    }));
    let message = *failure.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("a span root"), "{message}");
    assert!(message.contains("counter orders_total{tool_id=\"git\"} 4"), "{message}");
}
