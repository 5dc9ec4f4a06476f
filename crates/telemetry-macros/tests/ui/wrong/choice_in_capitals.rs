use telemetry_core::Choice;

#[derive(Choice)]
enum Overload {
    #[choice(word = "Wait")]
    Wait,
}

fn main() {}
