//! Two variants with one value.

use telemetry_core::Label;

#[derive(Label, Clone, Copy)]
#[label(name = "outcome")]
enum Outcome {
    TimedOut,
    #[label(value = "timed_out")]
    Expired,
}

fn main() {}
