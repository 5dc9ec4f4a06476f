//! Collecting ten thousand series, and recording while that is done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use telemetry_core::Label;

use crate::many::{self, Otel, Ours};
use crate::pipeline::{discarding, encoding};
use crate::workload::{Outcome, TOOLS};

/// Milliseconds that collecting and encoding take: ours, then the SDK's own; the least of all rounds.
pub(crate) fn collect_and_encode(rounds: usize) -> (f64, f64) {
    let ids = many::ids();
    let (ours, otel) = (many::ours(encoding, &ids), many::otel(encoding, &ids));
    let mut least = (f64::INFINITY, f64::INFINITY);
    for round in 0..rounds {
        // Either goes first as often.
        if round % 2 == 0 {
            least.0 = least.0.min(flush(&ours.provider));
            least.1 = least.1.min(flush(&otel.provider));
        } else {
            least.1 = least.1.min(flush(&otel.provider));
            least.0 = least.0.min(flush(&ours.provider));
        }
    }
    (least.0, least.1)
}

fn flush(provider: &SdkMeterProvider) -> f64 {
    let begun = Instant::now();
    provider.force_flush().expect("the exporter never fails");
    begun.elapsed().as_secs_f64() * 1e3
}

/// How long single recordings took.
pub(crate) struct Latencies {
    pub(crate) name: &'static str,
    /// Nanoseconds at the median, the 99th, the 99.9th percentile, and of the slowest.
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) p999: u64,
    pub(crate) worst: u64,
    /// How often everything was collected meanwhile.
    pub(crate) collections: usize,
}

/// One histogram of ours, recorded under collection.
pub(crate) const OURS: &str = "telemetry-core, one look-up";

/// Records for `each` by every way while another thread collects without a pause.
pub(crate) fn while_collected(each: Duration) -> Vec<Latencies> {
    let ids = many::ids();
    let outcomes = Outcome::VALUES.len();
    let mut random = fastrand::Rng::with_seed(4);
    // Few of the series are busy at any time; that all are collected is what the recording has to bear.
    let mut pick = || random.usize(..TOOLS * outcomes);
    let Ours { tools, family, provider } = many::ours(discarding, &ids);
    let Otel { bound, histogram, provider: otel } = many::otel(discarding, &ids);
    let outcome = |series: usize| Outcome::ALL[series % outcomes];
    drop(tools);
    vec![
        latencies("nothing: the clock alone", each, &provider, &mut pick, |_| {}),
        latencies(OURS, each, &provider, &mut pick, |series| {
            family.get(&ids[series / outcomes]).execute.at(outcome(series)).record(0.1);
        }),
        latencies("opentelemetry, bound handles held", each, &otel, &mut pick, |series| bound[series].record(0.1)),
        latencies("opentelemetry, attributes each call", each, &otel, &mut pick, |series| {
            let outcome = KeyValue::new("outcome", outcome(series).as_str());
            histogram.record(0.1, &[outcome, KeyValue::new("tool_id", ids[series / outcomes].clone())]);
        }),
    ]
}

fn latencies(
    name: &'static str,
    each: Duration,
    provider: &SdkMeterProvider,
    pick: &mut dyn FnMut() -> usize,
    record: impl Fn(usize),
) -> Latencies {
    let stop = AtomicBool::new(false);
    let (mut took, collections) = thread::scope(|scope| {
        let collecting = scope.spawn(|| {
            let mut collections = 0;
            while !stop.load(Ordering::Relaxed) {
                flush(provider);
                collections += 1;
            }
            collections
        });
        let mut took = Vec::with_capacity(1 << 22);
        let until = Instant::now() + each;
        loop {
            let series = pick();
            let begun = Instant::now();
            record(series);
            let ended = Instant::now();
            took.push(u64::try_from((ended - begun).as_nanos()).unwrap_or(u64::MAX));
            if ended > until {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
        (took, collecting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    Latencies { name, p50: at(0.5), p99: at(0.99), p999: at(0.999), worst: at(1.0), collections }
}
