//! More closures that hang than threads are left to: the others are left out too, rather than told with what they were before,
//! until threads are free again. A process of its own, because the threads are counted in the process.

use std::sync::{Arc, Mutex, mpsc};

use telemetry_core::{Family, Metrics, ObservableGauge};
use telemetry_testkit::{TestTelemetry, eventually};

/// What is measured of one pump.
#[derive(Metrics)]
#[metrics(scope = "test", entity(pump))]
struct PumpMetrics {
    /// Pressure
    #[metric(name = "pump_pressure")]
    pressure: ObservableGauge,
}

#[test]
fn with_too_many_that_hang_the_others_are_left_out_until_they_return() {
    let telemetry = TestTelemetry::new();
    let pumps = Family::<PumpMetrics>::new(telemetry.meter());
    let sound = pumps.live("z sound");
    sound.pressure.read_with(|report| report((), 1.0));
    let read = |pump: &str| telemetry.metrics().value("pump_pressure", &[("pump", pump)]);
    assert_eq!(read("z sound"), Some(1.0));

    let (release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let hanging: Vec<_> = (0..10).map(|number| pumps.live(&format!("a hanging {number}"))).collect();
    for pump in &hanging {
        let held = Arc::clone(&held);
        pump.pressure.read_with(move |report| {
            let _released = held.lock().map(|held| held.recv());
            report((), 2.0);
        });
    }
    for _ in 0..2 {
        assert_eq!(read("z sound"), None, "what it was before is not what it is");
        assert_eq!(read("a hanging 0"), None);
    }
    drop(release);
    eventually("all are read again", || match (read("z sound"), read("a hanging 9")) {
        (Some(1.0), Some(2.0)) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .wait();
}
