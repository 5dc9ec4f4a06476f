//! What is registered before the global meter is installed holds afterwards: a program of its own, for the process has
//! one global meter.

use opentelemetry_sdk::metrics::SdkMeterProvider;
use telemetry_core::{Counter, Family, Meter, MeterSettings, Metrics};

/// What is measured of one till.
#[derive(Metrics)]
#[metrics(scope = "test", entity(till_id))]
struct TillMetrics {
    /// Sales rung up
    #[metric(name = "till_sales_total")]
    sales: Counter,
}

#[test]
fn what_is_registered_before_the_global_meter_is_there_holds_for_who_asks_before_and_after() {
    let before = Family::<TillMetrics>::new(&Meter::global());
    before.register("north");
    let settings = MeterSettings { max_label_values: 1, ..MeterSettings::default() };
    let provider = SdkMeterProvider::builder().with_view(settings.view()).build();
    let meter = Meter::with_provider(provider, settings).expect("sound settings");
    meter.install_global().expect("it is the first");
    let after = Family::<TillMetrics>::new(&Meter::global());
    let elsewhere = SdkMeterProvider::builder().build();
    let elsewhere = Meter::with_provider(elsewhere, MeterSettings { max_label_values: 1, ..MeterSettings::default() });
    let other = Family::<TillMetrics>::new(&elsewhere.expect("sound settings"));
    for (family, is_folded) in [(&before, false), (&after, false), (&other, true)] {
        family.get("invented").sales.add(1);
        assert_eq!(family.entity("north").is_folded(), is_folded);
        assert!(family.entity("south").is_folded());
    }
}
