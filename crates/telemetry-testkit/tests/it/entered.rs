//! Telemetry that is in force for as long as it lives, and what it asserts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use telemetry_core::trace::Sampling;
use telemetry_core::{Counter, Gauge, Histogram, Metrics, Single, UpDownCounter, clock};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry};
use tracing::{info, info_span, warn};

/// What is measured of a shop.
#[derive(Metrics)]
#[metrics(scope = "shop", entity())]
struct ShopMetrics {
    /// Orders
    #[metric(name = "shop_orders_total")]
    orders: Counter,
    /// Customers in the shop
    #[metric(name = "shop_customers")]
    customers: UpDownCounter,
    /// Degrees Celsius
    #[metric(name = "shop_temperature_celsius")]
    temperature: Gauge,
    /// How long customers wait
    #[metric(name = "shop_wait_seconds", unit = "s", buckets = [1.0, 2.0])]
    wait: Histogram,
}

#[test]
fn it_captures_this_thread_until_its_end() {
    let outer = TestTelemetry::entered();
    {
        let inner = TestTelemetry::entered();
        info!("within");
        inner.log("within").assert_severity("INFO");
    }
    info!("after");
    assert_eq!(outer.logs().len(), 1, "{}", outer.logs());
    drop(outer);
    info!("of nobody");
}

#[test]
fn settings_of_the_builder_hold() {
    let telemetry = TestTelemetry::builder().sampling(Sampling::AlwaysOff).entered();
    info_span!("unsampled").in_scope(|| warn!("logged"));
    telemetry.spans().assert_absent("unsampled");
    telemetry.log("logged").assert_severity("WARN");
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_tokios_only_where_that_was_asked_for() {
    let hour = Duration::from_secs(3_600);
    let by_tokio = TestTelemetry::builder().with_tokio_time().build();
    let captured = by_tokio.capture(async {
        let start = clock::now();
        tokio::time::advance(hour).await;
        clock::now() - start
    });
    assert_eq!(captured.await, hour);
    {
        let _entered = by_tokio.enter();
        let start = clock::now();
        tokio::time::advance(hour).await;
        assert_eq!(clock::now() - start, hour);
    }
    let _usual = TestTelemetry::entered();
    let start = clock::now();
    tokio::time::advance(hour).await;
    assert!(clock::now() - start < hour);
}

/// A span that is still open when the telemetry of its test ends.
#[test]
fn a_span_may_outlive_it() {
    let telemetry = TestTelemetry::entered();
    let span = info_span!("left.open");
    drop(telemetry);
    span.in_scope(|| info!("of nobody"));
}

#[test]
fn it_has_what_most_tests_assert() {
    let telemetry = shop();
    telemetry.assert_counter("shop_orders_total", &[], 2.0);
    telemetry.assert_total("shop_orders_total", &[], 2.0);
    assert_eq!(telemetry.total("shop_wait_seconds", &[]), 1.0);
    telemetry.assert_up_down_counter("shop_customers", &[], 3.0);
    telemetry.assert_gauge("shop_temperature_celsius", &[], 21.5);
    telemetry.assert_histogram_count("shop_wait_seconds", &[], 1);
    telemetry.assert_no_series("shop_orders_total", &[("till", "1")]);
    telemetry.assert_nowhere("canary-nowhere");
    let (sale, refund) = (telemetry.span("sale"), telemetry.span_with("order", "8"));
    sale.assert_error(None);
    sale.assert_no_attribute("error.type");
    refund.assert_error(Some("no_receipt"));
    let log = telemetry.log("refused");
    log.assert_severity("WARN");
    log.assert_in(&refund);
}

/// Two orders, a sale and a refused refund.
fn shop() -> EnteredTelemetry {
    let telemetry = TestTelemetry::entered();
    let shop = Single::<ShopMetrics>::new(telemetry.meter());
    shop.orders.add(2);
    shop.customers.add(3);
    shop.temperature.set(21.5);
    shop.wait.record(1.5);
    info_span!("sale", order = 7).in_scope(|| {});
    info_span!("refund", order = 8, otel.status_code = "ERROR", "error.type" = "no_receipt")
        .in_scope(|| warn!("refused"));
    telemetry
}

/// What the message must contain, and the assertion that fails.
type Failing<'a> = (&'a str, &'a dyn Fn(&TestTelemetry));

#[test]
fn failures_say_what_there_is() {
    let telemetry = shop();
    let failures: [Failing; 15] = [
        ("is 2, not 3", &|shop| shop.assert_counter("shop_orders_total", &[], 3.0)),
        ("the total of shop_orders_total{} is 2, not 3", &|shop| shop.assert_total("shop_orders_total", &[], 3.0)),
        ("is 3, not 2", &|shop| shop.assert_up_down_counter("shop_customers", &[], 2.0)),
        ("is 21.5, not 20", &|shop| shop.assert_gauge("shop_temperature_celsius", &[], 20.0)),
        ("has 1 measurements, not 2", &|shop| shop.assert_histogram_count("shop_wait_seconds", &[], 2)),
        ("expected none", &|shop| shop.assert_no_series("shop_orders_total", &[])),
        ("\"refused\" is in", &|shop| shop.assert_nowhere("refused")),
        ("refund", &|shop| drop(shop.span("rebate"))),
        ("expected one span with order=\"9\", found 0", &|shop| drop(shop.span_with("order", "9"))),
        ("refused", &|shop| drop(shop.log("accepted"))),
        ("error.type is Some(\"no_receipt\"), not None", &|shop| shop.span("refund").assert_error(None)),
        ("not Some(\"lost\")", &|shop| shop.span("refund").assert_error(Some("lost"))),
        ("expected no attribute order, found Some(\"7\")", &|shop| shop.span("sale").assert_no_attribute("order")),
        ("the severity is WARN, not INFO", &|shop| shop.log("refused").assert_severity("INFO")),
        ("expected span", &|shop| shop.log("refused").assert_in(&shop.span("sale"))),
    ];
    for (part, failing) in failures {
        let panic = catch_unwind(AssertUnwindSafe(|| failing(&telemetry))).unwrap_err();
        let message = panic.downcast::<String>().unwrap();
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
}

#[test]
fn an_error_needs_both_the_status_and_the_type() {
    let telemetry = TestTelemetry::entered();
    info_span!("only.type", "error.type" = "gone").in_scope(|| {});
    info_span!("only.status", otel.status_code = "ERROR").in_scope(|| {});
    let fails = |name, kind| catch_unwind(AssertUnwindSafe(|| telemetry.span(name).assert_error(kind))).is_err();
    assert!(fails("only.type", Some("gone")) && fails("only.type", None));
    assert!(fails("only.status", Some("gone")) && fails("only.status", None));
}
