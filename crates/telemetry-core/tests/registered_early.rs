//! What is registered before the global meter is installed holds afterwards: a program of its own, for the process has
//! one global meter.

use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
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
    assert_eq!(format!("{:?}", Family::<TillMetrics>::new(&Meter::global())), format!("{before:?}"));
    let settings = MeterSettings { max_label_values: 1, ..MeterSettings::default() };
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let exported = SdkMeterProvider::builder().with_view(settings.view()).with_reader(reader).build();
    let meter = Meter::with_provider(exported.clone(), settings).expect("sound settings");
    meter.install_global().expect("it is the first");
    let after = Family::<TillMetrics>::new(&Meter::global());
    exported.force_flush().expect("it is in memory");
    let metrics = exporter.get_finished_metrics().expect("they were exported");
    assert!(format!("{metrics:?}").contains("till_sales_total"), "what is registered begins at zero: {metrics:?}");
    let elsewhere = SdkMeterProvider::builder().build();
    let elsewhere = Meter::with_provider(elsewhere, MeterSettings { max_label_values: 1, ..MeterSettings::default() });
    let other = Family::<TillMetrics>::new(&elsewhere.expect("sound settings"));
    for (family, is_folded) in [(&before, false), (&after, false), (&other, true)] {
        family.get("invented").sales.add(1);
        assert_eq!(family.entity("north").is_folded(), is_folded);
        assert!(family.entity("south").is_folded());
    }
}
