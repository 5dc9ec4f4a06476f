//! Which lines are written where a share of them is.

use std::collections::BTreeMap;

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use telemetry_logs::{LogSettings, SamplingSettings};

use crate::fixture::{Log, all};

fn within(trace: u128, work: impl FnOnce()) {
    let span =
        SpanContext::new(TraceId::from(trace), SpanId::from(1), TraceFlags::SAMPLED, false, TraceState::default());
    let _attached = opentelemetry::Context::new().with_remote_span_context(span).attach();
    work();
}

/// Ids that are spread over all values.
fn trace(number: u128) -> u128 {
    (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
}

#[test]
fn the_lines_of_a_trace_are_written_together_or_not_at_all() {
    let sampling = SamplingSettings { debug: 0.1, ..SamplingSettings::default() };
    let log = Log::with(|builder| builder.settings(LogSettings { sampling, ..all() }));
    const TRACES: u128 = 2_000;
    log.run(|| {
        for number in 0..TRACES {
            within(trace(number), || {
                tracing::debug!("one");
                tracing::debug!("two");
                tracing::trace!("three");
                tracing::info!("always");
            });
        }
    });
    let mut of_trace: BTreeMap<String, usize> = BTreeMap::new();
    let mut always = 0;
    for line in log.lines() {
        if line["level"] == "info" {
            always += 1;
        } else {
            *of_trace.entry(line["traceId"].to_string()).or_default() += 1;
        }
    }
    assert_eq!(always, TRACES as usize);
    assert!(of_trace.values().all(|lines| *lines == 3), "{of_trace:?}");
    assert!((120..=280).contains(&of_trace.len()), "{} of {TRACES} traces", of_trace.len());
}

#[test]
fn lines_of_no_trace_are_written_by_chance() {
    let sampling = SamplingSettings { debug: 0.1, info: 0.0, ..SamplingSettings::default() };
    let log = Log::with(|builder| builder.settings(LogSettings { sampling, ..all() }));
    log.run(|| {
        for _ in 0..5_000 {
            tracing::debug!("perhaps");
            tracing::info!("never");
        }
    });
    let lines = log.lines();
    assert!((300..=700).contains(&lines.len()), "{} of 5000", lines.len());
    assert!(lines.iter().all(|line| line["level"] == "debug"));
}

#[test]
fn debug_is_sampled_to_a_tenth_unless_it_is_said() {
    let defaults = SamplingSettings::default();
    assert_eq!([defaults.debug, defaults.info, defaults.warn, defaults.error], [0.1, 1.0, 1.0, 1.0]);
}
