//! What names that a peer makes up cost, in memory and in time, in a program of its own: nothing else may allocate meanwhile.

use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use telemetry_core::{Counter, Errors, Family, Meter, MeterSettings, Metrics};

/// What is measured of one tool of one server.
#[derive(Metrics)]
#[metrics(scope = "test", entity(server, tool))]
struct ToolMetrics {
    /// Calls
    #[metric(name = "tool_calls_total")]
    calls: Counter,
}

/// As long as a peer's whole message may be.
const HUGE: usize = 1 << 20;

fn tools(settings: MeterSettings) -> (Meter, Family<ToolMetrics>) {
    let meter = Meter::with_provider(SdkMeterProvider::builder().build(), settings).expect("the settings are sound");
    let tools = Family::new(&meter);
    (meter, tools)
}

fn call(tools: &Family<ToolMetrics>, server: &str, tool: &str) {
    tools.get(ToolMetricsKey { server, tool }).calls.add(1);
}

/// Texts of that length that differ in their first bytes.
fn different(count: usize, bytes: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |number| format!("{number:08}{}", "x".repeat(bytes - 8)))
}

/// The least time that a thousand calls take.
fn least(mut call: impl FnMut()) -> Duration {
    let round = |_| {
        let start = Instant::now();
        (0..1_000).for_each(|_| call());
        start.elapsed()
    };
    (0..20).map(round).min().unwrap_or_default()
}

#[test]
fn names_of_a_megabyte_are_not_kept() {
    let (meter, tools) = tools(MeterSettings::default());
    let errors = Errors::new(&meter);
    let known = || call(&tools, "github", "search");
    known();
    errors.record("E1", telemetry_core::Component::Api);
    let before = least(known);
    let mut kept = Vec::new();
    for name in different(200, HUGE) {
        let used = measure(|| {
            call(&tools, "github", &name);
            call(&tools, &name, "search");
            tools.register(ToolMetricsKey { server: &name, tool: &name });
            tools.admit(ToolMetricsKey { server: &name, tool: &name });
            let named = tools.entity(ToolMetricsKey { server: &name, tool: &name });
            assert_eq!(named.label(&tools, 1).len(), 512, "who reads logs is told how it began");
            errors.record(&name, telemetry_core::Component::Api);
        });
        assert!(used.bytes_max < 64 * 1024, "{} bytes at once", used.bytes_max);
        kept.push(used.bytes_current);
    }
    // The instruments of `_other`, once.
    assert!(kept.iter().sum::<i64>() < 64 * 1024, "{kept:?}");
    assert_eq!(kept[100..].iter().sum::<i64>(), 0, "{kept:?}");
    let after = least(known);
    assert!(after < before * 3 + Duration::from_micros(50), "a known name took {before:?} and takes {after:?}");
}

#[test]
fn a_name_of_a_megabyte_is_not_read_to_its_end() {
    let (_meter, tools) = tools(MeterSettings::default());
    let [long, huge] = [2_048, HUGE].map(|bytes| "x".repeat(bytes));
    let time = |name: &str| least(|| call(&tools, "github", black_box(name)));
    let (of_long, of_huge) = (time(&long), time(&huge));
    assert!(of_huge < of_long * 3, "{of_long:?} for 2 KiB, {of_huge:?} for 1 MiB");
}

#[test]
fn combinations_of_a_few_names_are_bounded() {
    let (_meter, tools) = tools(MeterSettings { max_series: 50, registered_zeros: false, ..MeterSettings::default() });
    let names: Vec<_> = different(100, 200).collect();
    let combine = |servers: &[String]| {
        let used =
            measure(|| servers.iter().for_each(|server| names.iter().for_each(|tool| call(&tools, server, tool))));
        used.bytes_current
    };
    assert!(combine(&names[..2]) > 100 * 400, "as many as there is room for are kept");
    assert!(combine(&names[2..]) < 64 * 1024, "of the others, the servers' names");
    assert_eq!(combine(&names), 0, "no new ones");
    // What is registered has its place.
    tools.register(ToolMetricsKey { server: &names[99], tool: &names[99] });
    assert!(combine(&names[99..]) > 400);
    assert!(!tools.entity(ToolMetricsKey { server: &names[99], tool: &names[99] }).is_folded());
    assert!(tools.entity(ToolMetricsKey { server: &names[99], tool: &names[98] }).is_folded());
}
