//! A word of a choice that is not in small letters.

use telemetry_core::Choice;

#[derive(Choice)]
enum Overload {
    #[choice(word = "Wait")]
    Wait,
}

fn main() {}
