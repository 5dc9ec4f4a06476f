//! The application as its operator sees it: what it prints, what it exports, and what its generator writes.

use std::process::Command;
use std::time::Duration;

use telemetry_testkit::OtlpSink;

#[test]
fn it_prints_its_events_and_exports_what_it_measures() {
    let sink = OtlpSink::start();
    let output = Command::new(env!("CARGO_BIN_EXE_order-desk"))
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", sink.endpoint())
        .output()
        .expect("the application starts");
    let printed = String::from_utf8(output.stderr).expect("events are text");
    assert!(output.status.success(), "{printed}");
    assert!(printed.contains("decided on an order") && printed.contains("Accepted"), "{printed}");

    sink.wait_for(Duration::from_secs(10), "its metrics", |sink| {
        let labels = [("order_kind", "book"), ("decision", "accepted")];
        sink.metrics().value("order_desk_orders_total", &labels) == Some(1.0)
    });
    for span in ["llm.complete", "mcp.tool.execute"] {
        assert_eq!(sink.spans().one(span).resource["service.name"], "order-desk");
    }
    assert_eq!(sink.logs().one("decided on an order").severity, "INFO");
}

#[test]
fn a_bad_setting_is_one_line_that_says_what_is_accepted() {
    let output = Command::new(env!("CARGO_BIN_EXE_order-desk"))
        .env("OTEL_TRACES_SAMPLER", "sometimes")
        .output()
        .expect("the application starts");
    let printed = String::from_utf8(output.stderr).expect("errors are text");
    assert!(!output.status.success());
    assert_eq!(printed.lines().count(), 1, "{printed}");
    for part in ["OTEL_TRACES_SAMPLER", "sometimes", "parentbased_traceidratio"] {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
}

#[cfg(feature = "mixin")]
#[test]
fn its_generator_renders_what_is_its_own_as_its_operators_choose() {
    let folder = tempfile::tempdir().expect("there is room");
    let status = Command::new(env!("CARGO_BIN_EXE_generate")).arg(folder.path()).status().expect("it starts");
    assert!(status.success());
    let read = |path: &str| std::fs::read_to_string(folder.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let board = read("deploy/grafana/dashboards/order-desk.json");
    assert!(board.contains("Orders by Decision") && board.contains("Error Budget Left"));
    let rules = read("deploy/prometheus/rules/orders.yaml");
    assert!(rules.contains("for: '10m'") && rules.contains("https://runbooks.order-desk.example/ManyOrdersRefused.md"));
    // Maps are refused by a threshold of their own, and every rule tells clusters apart.
    assert!(rules.contains(r#"order_kind="map", decision="refused"}[5m])) > 0.5"#), "{rules}");
    assert!(rules.contains(r#"order_kind!="map", decision="refused"}[5m])) > 0.1"#), "{rules}");
    assert!(rules.contains("by (job, cluster, order_kind)"), "{rules}");
    let objectives = read("deploy/prometheus/rules/orders-objectives.yaml");
    // Two orders in a hundred may be refused, and more than 14.4 times that for an hour is too fast.
    assert!(objectives.contains("OrderAcceptanceBurnRateFast") && objectives.contains("> 0.288"), "{objectives}");
    assert!(read("deploy/prometheus/tests/orders-objectives.yaml").contains("OrderAcceptance"));
    assert!(read("deploy/alertmanager/alertmanager.yaml").contains("#order-desk"));
    assert!(read("docs/runbooks/ManyOrdersRefused.md").contains("order_desk_orders_total"));
    assert!(read("docs/runbooks/OrderAcceptance.md").contains("order_desk_orders_total"));
    assert!(read("docs/metrics/order-desk.md").contains("Orders that were decided on"));
}
