//! How many rules are checked in a second of the processor: `cargo run --release -p telemetry-mixin --example check_speed`.
#![expect(clippy::print_stdout, reason = "the figures are what was asked for")]

#[path = "../tests/it/many.rs"]
mod many;

use rustix::time::{ClockId, clock_gettime};
use telemetry_core::Namespace;
use telemetry_mixin::check_rules;
use telemetry_mixin::promql::Checker;

fn main() {
    for number in [565, 2_260, 6_051, 20_000] {
        let text = many::rules(number);
        let begun = seconds_used();
        let findings = check_rules(&mut Checker::new(&[], &Namespace::DEFAULT), &text).expect("it is a rules file");
        let seconds = seconds_used() - begun;
        let rate = f64::from(number) / seconds;
        println!("{number} rules with {} findings: {:.0} ms, {rate:.0} rules a second", findings.len(), 1e3 * seconds);
    }
}

/// What this thread has used of a processor, so that others who use it do not count.
fn seconds_used() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
