//! The metric of the semantic conventions, on request.

use std::collections::BTreeSet;

use telemetry_core::{MeterSettings, Semconv};
use telemetry_db::labels::{DbOperation, NONE, System};
use telemetry_db::{CATALOGUE, Db, DbSettings};
use telemetry_testkit::TestTelemetry;

const CLIENT: &str = "db.client.operation.duration";

fn use_all(db: &Db) {
    let shop = db.database(System::PostgreSql).namespace("shop");
    shop.start(DbOperation::Select, "orders").succeed();
    shop.start(DbOperation::Select, "orders").fail_with_code("57014");
    shop.query(DbOperation::Select, "orders").several_tables().start().succeed();
    db.start(DbOperation::Other, NONE).timeout();
}

fn settings(semconv: &[Semconv]) -> MeterSettings {
    MeterSettings { semconv: semconv.iter().copied().collect::<BTreeSet<_>>(), ..MeterSettings::default() }
}

#[test]
fn it_is_recorded_when_the_meters_settings_or_our_own_ask() {
    let cases: [(&[Semconv], Option<bool>, bool); 5] = [
        (&[], None, false),
        (&[Semconv::Mcp, Semconv::Http], None, false),
        (&[Semconv::Db], None, true),
        (&[], Some(true), true),
        (&[Semconv::Db], Some(false), false),
    ];
    for (set, told, expected) in cases {
        let telemetry = TestTelemetry::builder().meter_settings(settings(set)).build();
        let db = DbSettings { semconv: told, ..DbSettings::default() };
        use_all(&Db::with_settings(telemetry.meter(), db).expect("sound settings"));
        let metrics = telemetry.metrics();
        assert_eq!(metrics.names().contains(CLIENT), expected, "{set:?} {told:?}\n{metrics}");
        let own = CATALOGUE.metrics().filter(|own| metrics.names().contains(own.name)).count();
        assert_eq!(own, 3, "our own are there either way\n{metrics}");
    }
}

#[test]
fn it_has_the_conventions_attributes_and_no_empty_one() {
    let telemetry = TestTelemetry::new();
    let settings = DbSettings { semconv: Some(true), ..DbSettings::default() };
    use_all(&Db::with_settings(telemetry.meter(), settings).expect("sound settings"));
    let metrics = telemetry.metrics();
    let orders = [
        ("db.system.name", "postgresql"),
        ("db.namespace", "shop"),
        ("db.operation.name", "SELECT"),
        ("db.collection.name", "orders"),
    ];
    let of_orders = metrics.matching(CLIENT, &orders);
    let errors: Vec<_> = of_orders.iter().map(|point| point.label("error.type")).collect();
    assert_eq!(errors.len(), 2, "{metrics}");
    assert!(errors.contains(&None) && errors.contains(&Some("57014")), "{errors:?}");
    let histogram = of_orders[0].histogram().expect("it is a histogram");
    assert_eq!(histogram.bounds, [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0]);
    // One over several tables, of which the conventions name none.
    let joined =
        metrics.matching(CLIENT, &orders[..3]).into_iter().filter(|point| point.label("db.collection.name").is_none());
    assert_eq!(joined.count(), 1, "{metrics}");
    let plain = metrics.one(CLIENT, &[("error.type", "timeout")]);
    assert_eq!(plain.label("db.system.name"), Some("other_sql"));
    for absent in ["db.namespace", "db.operation.name", "db.collection.name"] {
        assert_eq!(plain.label(absent), None, "{metrics}");
    }
}
