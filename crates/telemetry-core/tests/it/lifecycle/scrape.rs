//! The pull endpoint.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::metrics::MeterProvider as _;
use telemetry_core::settings::ExporterSet;
use telemetry_core::{
    Component, Counter, Errors, Family, Gauge, Histogram, InitError, MeterSettings, Metrics, Single, Telemetry,
};
use telemetry_testkit::{OtlpSink, eventually};

use super::fixture::{SOON, towards, work};

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn request(telemetry: &Telemetry, request: &str) -> String {
    let address = telemetry.prometheus_address().expect("metrics are served");
    let mut stream = TcpStream::connect(address).expect("the endpoint listens");
    stream.set_read_timeout(Some(SOON)).expect("a timeout can be set");
    write!(stream, "{request}\r\nHost: test\r\nConnection: close\r\n\r\n").expect("the endpoint reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the endpoint answers in time");
    answer
}

/// What a tool takes.
#[derive(Metrics)]
#[metrics(scope = "test", entity(tool_id))]
struct Tool {
    /// Latency of tools
    #[metric(name = "tool_seconds", unit = "s", buckets = [0.5, 1.0])]
    seconds: Histogram,
}

#[test]
fn a_histogram_is_served_with_its_buckets_cumulated() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).prometheus(ANY_PORT).build().expect("the settings are good");
    let tools = Family::<Tool>::new(telemetry.meter());
    for (tool, value) in [("a", 0.5), ("a", 0.75), ("a", 7.0), ("b \"quoted\"", 0.25)] {
        tools.get(tool).seconds.record(value);
    }
    let answer = request(&telemetry, "GET /metrics HTTP/1.1");
    let lines: Vec<_> = answer.lines().filter(|line| line.contains("tool_seconds")).collect();
    for line in [
        "# HELP tool_seconds Latency of tools",
        "# TYPE tool_seconds histogram",
        r#"tool_seconds_bucket{tool_id="a",le="0.5"} 1"#,
        r#"tool_seconds_bucket{tool_id="a",le="1"} 2"#,
        r#"tool_seconds_bucket{tool_id="a",le="+Inf"} 3"#,
        r#"tool_seconds_sum{tool_id="a"} 8.25"#,
        r#"tool_seconds_count{tool_id="a"} 3"#,
        r#"tool_seconds_count{tool_id="b \"quoted\""} 1"#,
    ] {
        assert_eq!(lines.iter().filter(|known| **known == line).count(), 1, "{line} is not once in\n{answer}");
    }
    let type_lines = lines.iter().filter(|line| line.starts_with("# TYPE"));
    assert_eq!(type_lines.count(), 1, "one family for all series:\n{answer}");
}

/// A scrape by Prometheus with the feature of created timestamps.
const OPEN: &str = "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2";

#[test]
fn open_metrics_tell_since_when_a_series_counts() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).prometheus(ANY_PORT).build().expect("the settings are good");
    let built = now();
    let tools = Family::<Tool>::new(telemetry.meter());
    work(&telemetry, 10);
    tools.get("a \"quoted\"").seconds.record(0.75);
    let first = request(&telemetry, OPEN);
    assert!(first.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"), "{first}");
    assert!(first.contains("vary: accept, accept-encoding"), "{first}");
    assert!(first.ends_with("# EOF\n"), "{first}");
    for line in [
        "# TYPE work_done counter",
        "# HELP work_done Units of work",
        r#"work_done_total{outcome="success"} 9"#,
        "# TYPE tool_seconds histogram",
        r#"tool_seconds_bucket{tool_id="a \"quoted\"",le="0.5"} 0"#,
        r#"tool_seconds_bucket{tool_id="a \"quoted\"",le="1.0"} 1"#,
        r#"tool_seconds_bucket{tool_id="a \"quoted\"",le="+Inf"} 1"#,
        r#"tool_seconds_sum{tool_id="a \"quoted\""} 0.75"#,
        r#"tool_seconds_count{tool_id="a \"quoted\""} 1"#,
    ] {
        assert!(first.lines().any(|known| known == line), "{line} is not in\n{first}");
    }
    let success = r#"work_done_created{outcome="success"} "#;
    let begun = created(&first, success);
    // What is written has three digits after the point.
    assert!(begun <= built + 0.001 && begun > built - 60.0, "{begun}, and the telemetry was built at {built}");

    tools.get("later").seconds.record(0.1);
    let second = request(&telemetry, OPEN);
    assert!((created(&second, success) - begun).abs() < 1e-9, "{second}");
    let later = created(&second, r#"tool_seconds_created{tool_id="later"} "#);
    assert!(later < now() - 0.99, "a scrape is dated by when it was asked for: {later}");
    let target_info = second.lines().filter(|line| line.starts_with("target_info")).count();
    assert_eq!((target_info, second.matches("target_info_created").count()), (1, 0), "{second}");
}

/// The number that follows this in a line.
fn created(answer: &str, series: &str) -> f64 {
    let line = answer.lines().find_map(|line| line.strip_prefix(series));
    line.unwrap_or_else(|| panic!("{series} is not in\n{answer}")).parse().expect("a number of seconds")
}

fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is set").as_secs_f64()
}

#[test]
fn a_counter_whose_name_does_not_say_so_is_called_the_same_in_both_formats() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).prometheus(ANY_PORT).build().expect("the settings are good");
    let meter = telemetry.meter_provider().expect("metrics are served").meter("application");
    meter.u64_counter("jobs").build().add(3, &[]);
    let plain = request(&telemetry, "GET /metrics HTTP/1.1");
    assert!(plain.contains("# TYPE jobs counter\njobs 3\n"), "{plain}");
    let open = request(&telemetry, OPEN);
    assert!(open.contains("# TYPE jobs unknown\njobs 3\n") && !open.contains("jobs_created"), "{open}");
}

#[test]
fn names_and_labels_are_those_of_the_catalogue() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).prometheus(ANY_PORT).build().expect("the settings are good");
    work(&telemetry, 10);
    Errors::new(telemetry.meter()).record("AGENT_EXECUTION_ERROR", Component::Agent);
    let answer = request(&telemetry, "GET /metrics HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-type: text/plain; version=0.0.4"), "{answer}");
    for line in [
        "# TYPE work_done_total counter",
        "# HELP work_done_total Units of work",
        "work_done_total{outcome=\"success\"} 9",
        "work_done_total{outcome=\"error\"} 1",
        "agentpane_errors_total{component=\"agent\",error_code=\"AGENT_EXECUTION_ERROR\"} 1",
    ] {
        assert!(answer.lines().any(|known| known == line), "{line} is not in\n{answer}");
    }
    assert!(!answer.contains("otel_scope"), "{answer}");
    assert!(answer.contains("service_instance_id=\""), "target_info tells the replica: {answer}");
    assert!(telemetry.shutdown_within(SOON).is_complete());
    sink.metrics().assert_counter("work_done_total", &[("outcome", "success")], 9.0);
}

#[test]
fn only_get_and_head_of_metrics_are_answered() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).prometheus(ANY_PORT).build().expect("the settings are good");
    work(&telemetry, 1);
    for (line, status) in [
        ("GET /metrics HTTP/1.1", "200"),
        ("GET /metrics?name[]=x HTTP/1.1", "200"),
        ("HEAD /metrics HTTP/1.1", "200"),
        ("POST /metrics HTTP/1.1", "405"),
        ("GET / HTTP/1.1", "404"),
        ("GET /metrics/ HTTP/1.1", "404"),
    ] {
        let answer = request(&telemetry, line);
        assert_eq!(answer.split(' ').nth(1), Some(status), "{line}: {answer}");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        assert_eq!(body.is_empty(), line.starts_with("HEAD"), "{line}: {answer}");
    }
}

#[test]
fn a_token_keeps_others_out() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), "s3cret\n").expect("the file is ours");
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint())
        .prometheus(ANY_PORT)
        .settings(|settings| settings.prometheus.token_file = Some(file.path().to_owned()))
        .build()
        .expect("the settings are good");
    for (header, status) in [
        ("", "401"),
        ("\r\nAuthorization: Bearer wrong", "401"),
        ("\r\nAuthorization: Basic s3cret", "401"),
        ("\r\nAuthorization: Bearer s3cret", "200"),
    ] {
        let answer = request(&telemetry, &format!("GET /metrics HTTP/1.1{header}"));
        assert_eq!(answer.split(' ').nth(1), Some(status), "{header}: {answer}");
    }
}

/// Telemetry that knows a collector, and pushes nothing to it.
fn pull_alone(collector: String) -> Telemetry {
    towards(collector)
        .settings(|settings| {
            settings.exporters.metrics = Some(ExporterSet::PROMETHEUS);
            settings.exporters.traces = Some(ExporterSet::NONE);
            settings.exporters.logs = Some(ExporterSet::NONE);
            settings.prometheus.listen = Some(ANY_PORT);
        })
        .build()
        .expect("the settings are good")
}

#[test]
fn pull_alone_exports_nothing() {
    let sink = OtlpSink::start();
    let telemetry = pull_alone(sink.endpoint());
    work(&telemetry, 1);
    assert!(request(&telemetry, "GET /metrics HTTP/1.1").contains("work_done_total"));
    let report = telemetry.shutdown_within(SOON);
    assert!(report.signals().all(|(_, report)| !report.enabled), "{report}");
    assert_eq!(sink.counts().accepted(), 0);
    let address = telemetry.prometheus_address().expect("metrics were served");
    eventually("the endpoint ends with the telemetry", || TcpStream::connect(address).is_err()).wait();
}

#[test]
fn an_application_that_serves_the_metrics_itself_needs_no_listener() {
    let sink = OtlpSink::start();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), "s3cret").expect("the file is ours");
    for (listen, exporter) in
        [(None, ExporterSet::OTLP), (None, ExporterSet::PROMETHEUS), (Some(ANY_PORT), ExporterSet::OTLP)]
    {
        let telemetry = towards(sink.endpoint())
            .prometheus_embedded()
            .settings(|settings| {
                settings.exporters.metrics = Some(exporter);
                settings.prometheus.listen = listen;
                settings.prometheus.token_file = Some(file.path().to_owned());
            })
            .build()
            .expect("the settings are good");
        assert_eq!(telemetry.prometheus_address().is_some(), listen.is_some());
        work(&telemetry, 10);
        let scraper = telemetry.scraper().expect("the metrics can be pulled");
        let text = scraper.text().expect("the metrics can be read");
        assert!(text.contains("work_done_total{outcome=\"success\"} 9\n"), "{text}");
        for (authorization, admitted) in [(None, false), (Some("Bearer no"), false), (Some("Bearer s3cret"), true)] {
            let headers =
                authorization.map(|value| (http::header::AUTHORIZATION, http::HeaderValue::from_static(value)));
            assert_eq!(scraper.admits(&headers.into_iter().collect()), admitted, "{authorization:?}");
        }
        assert!(!format!("{scraper:?}").contains("s3cret"));
    }
    assert!(
        towards(sink.endpoint()).build().expect("the settings are good").scraper().is_none(),
        "nobody asked for it"
    );
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let taken = TcpListener::bind(ANY_PORT).expect("a port is free");
    let address = taken.local_addr().expect("it is bound");
    let sink = OtlpSink::start();
    let error = towards(sink.endpoint()).prometheus(address).build().expect_err("the address is taken");
    assert!(matches!(error, InitError::Listen { address: refused, .. } if refused == address), "{error}");
}

/// So many series that their text is more than a socket holds.
fn serve_much(sink: &OtlpSink) -> Telemetry {
    const SERIES: usize = 20_000;
    let telemetry = towards(sink.endpoint())
        .prometheus(ANY_PORT)
        .domain(|meter: &mut MeterSettings| (meter.max_label_values, meter.max_series) = (SERIES, 2 * SERIES))
        .build()
        .expect("the settings are good");
    let tools = Family::<Tool>::new(telemetry.meter());
    for number in 0..SERIES {
        tools.get(&format!("a tool whose name is rather long, as names of tools are: {number:06}")).seconds.record(0.1);
    }
    telemetry
}

#[test]
fn readers_that_stall_keep_nobody_out_for_long() {
    let sink = OtlpSink::start();
    let telemetry = serve_much(&sink);
    let address = telemetry.prometheus_address().expect("metrics are served");
    let stalled: Vec<_> = (0..32)
        .map(|_| {
            let mut stream = TcpStream::connect(address).expect("the endpoint listens");
            write!(stream, "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n").expect("the endpoint reads");
            stream
        })
        .collect();
    let begun = Instant::now();
    let answer = request(&telemetry, "GET /metrics HTTP/1.1");
    assert!(begun.elapsed() < Duration::from_secs(8), "it is told at once: {:?}", begun.elapsed());
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"), "{answer:.200}");
    // They still read nothing; after ten seconds they are given up.
    let served = || request(&telemetry, "GET /metrics HTTP/1.1").starts_with("HTTP/1.1 200 ");
    eventually("a scrape is served beside the stalled ones", served).wait();
    drop(stalled);
}

#[test]
fn text_is_compressed_for_whoever_accepts_it() {
    let sink = OtlpSink::start();
    let telemetry = serve_much(&sink);
    let address = telemetry.prometheus_address().expect("metrics are served");
    let plain = request(&telemetry, "GET /metrics HTTP/1.1");
    let (head, text) = plain.split_once("\r\n\r\n").expect("it has a body");
    assert!(!head.contains("content-encoding") && head.contains("vary: accept, accept-encoding"), "{head}");
    let mut stream = TcpStream::connect(address).expect("the endpoint listens");
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n").expect("the endpoint reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the connection ends with the answer");
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("it has a body") + 4;
    let head = String::from_utf8_lossy(&answer[..end]);
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&answer[end..]).read_to_string(&mut unpacked).expect("it is gzip");
    let series = |text: &str| text.lines().filter(|line| line.starts_with("tool_seconds_count")).count();
    assert_eq!((series(&unpacked), series(text)), (20_000, 20_000));
    assert!(answer.len() < text.len() / 8, "{} of {} bytes", answer.len(), text.len());
}

/// What the semantic conventions name.
#[derive(Metrics)]
#[metrics(scope = "test", entity(), convention)]
struct Conventional {
    /// Duration of requests
    #[metric(name = "http.server.request.duration", unit = "s", buckets = [0.5, 1.0])]
    duration: Histogram,
    /// Bytes sent
    #[metric(name = "network.io", unit = "By")]
    bytes: Counter,
    /// Requests under way
    #[metric(name = "http.server.active_requests", unit = "{request}")]
    active: Gauge,
}

#[test]
fn names_of_the_semantic_conventions_are_those_that_a_collector_makes_of_them() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).prometheus(ANY_PORT).build().expect("the settings are good");
    let group = Single::<Conventional>::new(telemetry.meter());
    group.duration.record(0.7);
    group.bytes.add(7);
    group.active.set(3.0);
    let answer = request(&telemetry, "GET /metrics HTTP/1.1");
    for line in [
        "# TYPE http_server_request_duration_seconds histogram",
        "http_server_request_duration_seconds_count 1",
        "# TYPE network_io_bytes_total counter",
        "network_io_bytes_total 7",
        "http_server_active_requests 3",
    ] {
        assert!(answer.lines().any(|known| known == line), "{line} is not in\n{answer}");
    }
    assert!(!answer.contains("http_server_request_duration_count"), "{answer}");
}

#[test]
fn a_scrape_whose_collection_hangs_is_answered() {
    let telemetry = pull_alone("http://127.0.0.1:1".to_owned());
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let provider = telemetry.meter_provider().expect("metrics are served");
    let _gauge = provider
        .meter("application")
        .u64_observable_gauge("hangs")
        .with_callback(move |_| {
            let _released = held.lock().map(|held| held.recv());
        })
        .build();
    let answer = request(&telemetry, "GET /metrics HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("in time"), "{answer}");
    drop(release);
    drop(telemetry.shutdown_within(SOON));
}
