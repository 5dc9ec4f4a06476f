//! The front door: one call starts everything, and every domain is behind it.

use std::collections::BTreeSet;
use std::time::Duration;

use telemetry::{Counter, Meter, Metrics, Single};
use telemetry_testkit::OtlpSink;

const SOON: Duration = Duration::from_secs(20);

/// What is measured of the shop.
#[derive(Metrics)]
#[metrics(scope = "shop", entity())]
struct ShopMetrics {
    /// Orders taken
    #[metric(name = "shop_orders_total")]
    orders: Counter,
}

#[test]
fn one_call_makes_the_telemetry_the_processs() {
    let sink = OtlpSink::start();
    let telemetry = telemetry::builder("shop").endpoint(sink.endpoint()).init().expect("the settings are good");
    Single::<ShopMetrics>::new(&Meter::global()).orders.add(2);
    tracing::info!("an order was taken");
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert_eq!(sink.metrics().value("shop_orders_total", &[]), Some(2.0));
    assert_eq!(sink.logs().one("an order was taken").severity, "INFO");
}

#[cfg(feature = "mixin")]
#[test]
fn every_catalogue_is_of_a_domain() {
    let catalogues: BTreeSet<_> = telemetry::catalogues().iter().map(|catalogue| catalogue.crate_name()).collect();
    let domains: BTreeSet<_> = telemetry::domains().iter().map(|domain| domain.catalogue.crate_name()).collect();
    assert_eq!(catalogues, domains);
    assert!(catalogues.contains("telemetry-core"));
}
