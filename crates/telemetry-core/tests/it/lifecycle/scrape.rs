//! The pull endpoint.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use telemetry_core::settings::ExporterSet;
use telemetry_core::{Component, Errors, Family, Histogram, InitError, Metrics, Telemetry};
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

#[test]
fn pull_alone_exports_nothing() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint())
        .settings(|settings| {
            settings.exporters.metrics = Some(ExporterSet::PROMETHEUS);
            settings.exporters.traces = Some(ExporterSet::NONE);
            settings.exporters.logs = Some(ExporterSet::NONE);
            settings.prometheus.listen = Some(ANY_PORT);
        })
        .build()
        .expect("the settings are good");
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
