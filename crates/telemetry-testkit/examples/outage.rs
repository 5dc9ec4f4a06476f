//! An exporter and its receiver, which fails for a while: what is sent again, and what arrives.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::time::Duration;

use telemetry_core::{Counter, Metrics, Single, Telemetry};
use telemetry_testkit::OtlpSink;

/// What is measured of the shop.
#[derive(Metrics)]
#[metrics(scope = "shop", entity())]
struct ShopMetrics {
    /// Orders taken
    #[metric(name = "shop_orders_total")]
    orders: Counter,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let soon = Duration::from_secs(20);
    let sink = OtlpSink::start();
    let telemetry = Telemetry::builder("shop").endpoint(sink.endpoint()).init()?;
    let shop = Single::<ShopMetrics>::new(telemetry.meter());

    sink.refuse(true);
    tracing::info_span!("order").in_scope(|| {
        shop.orders.add(1);
        tracing::info!("taken during the outage");
    });
    let flushed = telemetry.flush_within(Duration::from_millis(500));
    println!("all is flushed while the receiver refuses: {}; {:?}", flushed.is_complete(), sink.counts());

    sink.heal();
    sink.wait_for(soon, "the span of the outage", |sink| !sink.spans().is_empty());
    println!("all is flushed at the end: {}", telemetry.shutdown_within(soon).is_complete());
    println!("{}", sink.dump());
    Ok(())
}
