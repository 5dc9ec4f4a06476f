//! The endpoints, over real connections.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use serde_json::Value;
use telemetry_core::settings::{ExporterSet, Secret};
use telemetry_core::{Meter, MeterSettings, Scraper, Telemetry};
use telemetry_health::{Check, Health, HealthSettings, Process, RouterExt as _, Status, Verdict};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::fixture::{Counting, Finds, Hanging, believed_for, described, unrecorded};
use crate::server::call;

const UNCACHED: &str = "no-cache, no-store, must-revalidate";

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}

async fn serve_health(health: &Health) -> SocketAddr {
    serve(Router::new().health_routes(health)).await
}

#[tokio::test]
async fn the_status_code_follows_the_status() {
    for (status, code) in [(Status::Healthy, 200), (Status::Degraded, 200), (Status::Unhealthy, 503)] {
        let health = unrecorded([Check::required("only", Finds(status))]);
        let step = health.startup_step("step").expect("the name is free");
        let address = serve_health(&health).await;
        assert_eq!(call(address, "GET", "/health/startup", "").await.status, 503);
        assert_eq!(call(address, "GET", "/health/ready", "").await.status, 503);
        step.complete();
        for (path, code) in [("/health/live", 200), ("/health/startup", 200), ("/health/ready", code)] {
            let get = call(address, "GET", path, "").await;
            let head = call(address, "HEAD", path, "").await;
            for answer in [&get, &head] {
                assert_eq!(answer.status, code, "{path} {answer:?}");
                assert_eq!(answer.header("cache-control"), Some(UNCACHED), "{answer:?}");
                assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
                let duration = answer.header("x-health-check-duration");
                let duration = duration.map(|text| text.strip_suffix("ms").and_then(|ms| ms.parse::<f64>().ok()));
                assert_eq!(duration.is_some(), path == "/health/live", "{answer:?}");
                assert!(duration.is_none_or(|ms| ms.is_some_and(|ms| (0.0..1_000.0).contains(&ms))), "{answer:?}");
            }
            assert!(head.body.is_empty() && !get.body.is_empty());
        }
        assert_eq!(call(address, "POST", "/health/ready", "").await.status, 405);
        assert_eq!(call(address, "GET", "/health", "").await.status, 404);
    }
}

#[tokio::test]
async fn the_body_is_as_documented() {
    let detailed = || async { Verdict::healthy().detail("database", "agentpane").detail("version", "0.3.15") };
    let settings = HealthSettings { version: "1.2.3".to_owned(), ..HealthSettings::default() };
    let limited = || async { Verdict::degraded("Rate limit low") };
    let checks = [Check::required("pglite", detailed), Check::optional("github", limited)];
    let health = described(&Meter::noop(), settings, checks);
    let address = serve_health(&health).await;
    let answer = call(address, "GET", "/health/ready", "").await;
    let mut body: Value = serde_json::from_str(&answer.body).expect("the body is JSON");
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&body), ["status", "version", "uptime", "timestamp", "components"]);
    assert_eq!(keys(&body["components"][0]), ["name", "status", "latency", "lastCheck", "details"]);
    assert_eq!(keys(&body["components"][1]), ["name", "status", "message", "latency", "lastCheck"]);
    assert!(body["uptime"].is_u64(), "{body}");
    for time in [&body["timestamp"], &body["components"][0]["lastCheck"]] {
        let text = time.as_str().expect("a text");
        assert_eq!((text.len(), &text[10..11], &text[19..20], &text[23..]), (24, "T", ".", "Z"), "{text}");
    }
    for component in body["components"].as_array_mut().expect("a list") {
        let latency = component["latency"].take().as_f64().expect("milliseconds");
        assert!((0.0..5_000.0).contains(&latency), "{latency}");
        component["lastCheck"].take();
    }
    for key in ["uptime", "timestamp"] {
        body[key].take();
    }
    let documented = serde_json::json!({
        "status": "degraded", "version": "1.2.3", "uptime": null, "timestamp": null,
        "components": [
            {"name": "pglite", "status": "healthy", "latency": null, "lastCheck": null,
             "details": {"database": "agentpane", "version": "0.3.15"}},
            {"name": "github", "status": "degraded", "message": "Rate limit low", "latency": null, "lastCheck": null},
        ],
    });
    assert_eq!(body, documented);
    let live: Value = serde_json::from_str(&call(address, "GET", "/health/live", "").await.body).expect("JSON");
    assert_eq!(keys(&live), ["status", "version", "uptime", "timestamp"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_probes_at_once_run_each_check_once() {
    let counting = Counting::taking(Duration::from_millis(200));
    let checks = [Check::required("one", counting.clone()), Check::optional("two", counting.clone())];
    let health = believed_for(Duration::from_secs(60), checks);
    let address = serve_health(&health).await;
    let mut probes = JoinSet::new();
    for _ in 0..200 {
        probes.spawn(async move { call(address, "GET", "/health/ready", "").await.status });
    }
    assert_eq!(probes.join_all().await, [200; 200]);
    assert_eq!(counting.runs(), 2, "one run of each of two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_endpoint_answers_within_the_longest_timeout_and_a_little() {
    let limit = Duration::from_millis(200);
    // A machine that is busy with other tests may be late once, but not each time.
    let mut took = Vec::new();
    while took.len() < 5 {
        let settings = HealthSettings { timeout: limit, ..HealthSettings::default() };
        let checks = [Check::required("one", Hanging), Check::required("two", Hanging)];
        let address = serve_health(&described(&Meter::noop(), settings, checks)).await;
        let begun = Instant::now();
        assert_eq!(call(address, "GET", "/health/ready", "").await.status, 503);
        let elapsed = begun.elapsed();
        assert!(elapsed >= limit, "{elapsed:?}");
        if elapsed < limit + Duration::from_millis(100) {
            return;
        }
        took.push(elapsed);
    }
    panic!("too late each time: {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn liveness_asks_nobody() {
    let counting = Counting::default();
    let health = unrecorded([Check::required("hangs", Hanging), Check::required("counted", counting.clone())]);
    let address = serve_health(&health).await;
    let waiting = tokio::spawn(async move { call(address, "GET", "/health/ready", "").await.status });
    for _ in 0..20 {
        assert_eq!(call(address, "GET", "/health/live", "").await.status, 200);
    }
    assert!(!waiting.is_finished(), "readiness still waits");
    waiting.abort();
    assert!(counting.runs() <= 1);
}

#[tokio::test]
async fn metrics_are_served_with_the_routes_of_the_application() {
    let telemetry = Telemetry::builder("health-test")
        .prometheus_embedded()
        .settings(|settings| {
            settings.exporters.metrics = Some(ExporterSet::PROMETHEUS);
            settings.exporters.traces = Some(ExporterSet::NONE);
            settings.exporters.logs = Some(ExporterSet::NONE);
        })
        .build()
        .expect("the settings are good");
    let _process = Process::new().observe(telemetry.meter());
    let health = Health::new(telemetry.meter());
    health.required("only", Finds(Status::Degraded)).expect("the name is good");
    health.readiness().await;
    let scraper = telemetry.scraper().expect("the metrics can be pulled");
    let app = Router::new().health_routes(&health).metrics_routes(scraper);
    let address = serve(app).await;
    for path in ["/api/metrics", "/metrics"] {
        let answer = call(address, "GET", path, "").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        for line in [
            "# TYPE agentpane_health_check_status gauge",
            "agentpane_health_check_status{component=\"only\"} 0.5",
            "agentpane_health_check_duration_seconds_count{component=\"only\"} 1",
            "# TYPE agentpane_process_cpu_seconds_total counter",
        ] {
            assert!(answer.body.lines().any(|known| known == line), "{line} is not in\n{}", answer.body);
        }
        assert!(answer.body.contains("\nagentpane_process_uptime_seconds "), "{}", answer.body);
        let head = call(address, "HEAD", path, "").await;
        assert_eq!((head.status, head.body.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn a_token_keeps_others_out_of_the_metrics_but_not_of_the_health() {
    let settings = MeterSettings::default();
    let (scraper, reader) = Scraper::new(Some(Secret::new("s3cret"))).expect("a reader");
    let provider = opentelemetry_sdk::metrics::SdkMeterProvider::builder().with_reader(reader).build();
    let meter = Meter::with_provider(provider, settings).expect("the settings are good");
    let health = Health::new(&meter);
    let address = serve(Router::new().health_routes(&health).metrics_routes(&scraper)).await;
    for (header, status) in [
        ("", 401),
        ("Authorization: Bearer wrong\r\n", 401),
        ("Authorization: Basic s3cret\r\n", 401),
        ("Authorization: Bearer s3cret\r\n", 200),
    ] {
        for path in ["/api/metrics", "/metrics"] {
            let answer = call(address, "GET", path, header).await;
            assert_eq!(answer.status, status, "{header}");
            assert_eq!(answer.header("www-authenticate"), (status == 401).then_some("Bearer"));
        }
        assert_eq!(call(address, "GET", "/health/ready", header).await.status, 200);
    }
}
