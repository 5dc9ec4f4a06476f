//! Metrics of the in-memory telemetry, through groups as an application declares them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use telemetry_core::{
    Counter, Family, Gauge, Histogram, Kind, Label, Meter, MeterSettings, Metrics, Namespace, UpDownCounter,
};
use telemetry_testkit::{MetricSet, TestTelemetry};

/// What is measured of one shop.
#[derive(Metrics)]
#[metrics(scope = "testkit.shop", entity(shop_id))]
struct ShopMetrics {
    /// Orders by how they ended
    #[metric(name = "agentpane_orders_total")]
    orders: Counter<Outcome>,
    /// Time to serve an order
    #[metric(name = "order_serve_seconds", unit = "s", buckets = [0.5, 2.0])]
    serve: Histogram,
    /// Customers inside
    #[metric(name = "shop_customers")]
    customers: UpDownCounter,
    /// Stock left
    #[metric(name = "shop_stock")]
    stock: Gauge,
}

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
enum Outcome {
    Served,
    Returned,
}

fn record(meter: &Meter) {
    let shops = Family::<ShopMetrics>::new(meter);
    let corner = shops.get("corner");
    corner.orders.at(Outcome::Served).add(3);
    corner.orders.at(Outcome::Returned).add(1);
    [0.25, 0.5, 1.0, 9.0].into_iter().for_each(|seconds| corner.serve.record(seconds));
    corner.customers.add(5);
    corner.customers.add(-2);
    corner.stock.set(1.5);
    shops.get("market").orders.at(Outcome::Served).add(4);
}

#[test]
fn every_kind_is_read_by_name_and_labels() {
    let telemetry = TestTelemetry::new();
    record(telemetry.meter());
    let metrics = telemetry.metrics();
    metrics.assert_counter("agentpane_orders_total", &[("shop_id", "corner"), ("outcome", "served")], 3.0);
    metrics.assert_counter("agentpane_orders_total", &[("shop_id", "market")], 4.0);
    metrics.assert_up_down_counter("shop_customers", &[], 3.0);
    metrics.assert_gauge("shop_stock", &[("shop_id", "corner")], 1.5);
    assert_eq!(metrics.total("agentpane_orders_total", &[("outcome", "served")]), 7.0);
    assert_eq!(metrics.series_count("agentpane_orders_total"), 3);
    metrics.assert_absent("agentpane_orders_total", &[("shop_id", "market"), ("outcome", "returned")]);

    let serve = metrics.histogram("order_serve_seconds", &[("shop_id", "corner")]);
    assert_eq!((serve.count, serve.sum), (4, 10.75));
    assert_eq!((&serve.bounds[..], &serve.bucket_counts[..]), (&[0.5, 2.0][..], &[2, 1, 1][..]));
    assert_eq!((serve.min, serve.max), (Some(0.25), Some(9.0)));
    metrics.assert_histogram_count("order_serve_seconds", &[], 4);

    let stock = metrics.one("shop_stock", &[]);
    assert_eq!(
        (stock.kind, stock.scope.as_str(), stock.description.as_str()),
        (Kind::Gauge, "testkit.shop", "Stock left")
    );
    assert_eq!(stock.label("shop_id"), Some("corner"));
}

#[test]
fn reading_shows_the_present_and_no_other_test() {
    let (telemetry, other) = (TestTelemetry::new(), TestTelemetry::new());
    record(telemetry.meter());
    record(telemetry.meter());
    assert_eq!(telemetry.metrics().gauge("shop_stock", &[]), 1.5);
    assert_eq!(telemetry.metrics().total("agentpane_orders_total", &[]), 16.0);
    assert_eq!(other.metrics().total("agentpane_orders_total", &[]), 0.0);
    assert!(other.metrics().names().is_empty(), "{}", other.metrics());
    assert!(telemetry.contains_bytes("corner") && !other.contains_bytes("corner"));
}

#[test]
fn settings_of_the_meter_apply_and_bad_ones_are_errors() {
    let namespace = Namespace::new("acme").unwrap();
    let buckets = [("order_serve_seconds".to_owned(), vec![5.0])].into();
    let settings = MeterSettings { namespace, buckets, max_label_values: 1, ..MeterSettings::default() };
    let telemetry = TestTelemetry::builder().meter_settings(settings).build();
    record(telemetry.meter());
    let metrics = telemetry.metrics();
    metrics.assert_absent("agentpane_orders_total", &[]);
    metrics.assert_counter("acme_orders_total", &[("shop_id", "_other")], 4.0);
    assert_eq!(metrics.histogram("order_serve_seconds", &[]).bounds, [5.0]);

    let settings = MeterSettings { max_series: 0, ..MeterSettings::default() };
    let error = TestTelemetry::builder().meter_settings(settings).try_build().unwrap_err();
    assert!(error.to_string().contains("max_series"), "{error}");
}

/// What the message must contain, and the look-up that fails.
type Failing<'a> = (&'a str, &'a dyn Fn(&MetricSet));

#[test]
fn failures_name_the_look_up_and_list_the_series() {
    let telemetry = TestTelemetry::new();
    record(telemetry.meter());
    let metrics = telemetry.metrics();
    let corner = [("shop_id", "corner")];
    let failures: [Failing; 6] = [
        ("agentpane_orders_total{shop_id=\"corner\"} has 2 series; name more labels", &|metrics| {
            metrics.assert_counter("agentpane_orders_total", &corner, 3.0);
        }),
        ("orders_total{} has no series", &|metrics| metrics.assert_counter("orders_total", &[], 3.0)),
        ("shop_stock{} is a gauge, not a counter", &|metrics| metrics.assert_counter("shop_stock", &[], 1.5)),
        ("shop_stock{shop_id=\"corner\"} is 1.5, not 2", &|metrics| metrics.assert_gauge("shop_stock", &corner, 2.0)),
        ("has 4 measurements, not 5", &|metrics| metrics.assert_histogram_count("order_serve_seconds", &[], 5)),
        ("has 1 series, expected none", &|metrics| metrics.assert_absent("shop_stock", &[])),
    ];
    for (start, failing) in failures {
        let panic = catch_unwind(AssertUnwindSafe(|| failing(&metrics))).unwrap_err();
        let message = panic.downcast::<String>().unwrap();
        assert!(message.contains(start), "{start:?} is not in {message}");
    }
    let listed = metrics.to_string();
    let line = "histogram order_serve_seconds{shop_id=\"corner\"} count=4 sum=10.75 le0.5:2 le2:1 le+Inf:1";
    assert!(listed.contains(line), "{listed}");
}
