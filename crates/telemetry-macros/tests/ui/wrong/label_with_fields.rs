//! A label whose variant has fields.

use telemetry_core::Label;

#[derive(Label, Clone, Copy)]
#[label(name = "outcome")]
enum Outcome {
    Success,
    Exited(u8),
}

fn main() {}
