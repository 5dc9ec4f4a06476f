use crate::command::{Action, Command, Result, no_arguments};
use crate::process;

pub(crate) const COMMAND: Command = Command {
    name: "test",
    summary: "Run every test that needs nothing but cargo",
    usage: "",
    flags: "",
    action: Action::Own(run),
};

fn run(parser: lexopt::Parser) -> Result {
    no_arguments(parser)?;
    all()
}

/// Every test of the workspace, the examples in its documentation among them.
pub(crate) fn all() -> Result {
    process::run(&mut process::cargo(["test", "--workspace"]))?;
    // Recording without opentelemetry's experimental bound instruments has to behave the same.
    let fallback = ["--package", "telemetry-core", "--no-default-features", "--features", "otlp", "--test", "it"];
    process::run(&mut process::cargo(["test"].into_iter().chain(fallback)))
}
