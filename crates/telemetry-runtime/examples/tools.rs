//! Tools, an execution and a wait for a workflow, and what is recorded of them.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use telemetry_runtime::{Executions, PollState, Tools, Workflows};
use telemetry_testkit::TestTelemetry;
use tokio::process::Command;

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // In an application: `Telemetry::builder("tool-runtime").from_env()?.init()?`, and then `Tools::global()`.
    let telemetry = TestTelemetry::entered();
    let tools = Tools::new(telemetry.meter());
    let executions = Executions::new(telemetry.meter());
    let workflows = Workflows::new(telemetry.meter());

    // A process: what it reads, what it writes, how it ends. Its run is part of the execution it begins in.
    let execution = executions.task("task-1", "tool").timeout(LIMIT).start();
    let counted = execution.instrument(async {
        let run = tools.run("word-count").permissions(&["read"]).start();
        run.execute(Command::new("wc"), "some words of a text", LIMIT).await
    });
    match counted.await {
        Ok(output) => {
            print!("word-count: {}", String::from_utf8_lossy(output.stdout()));
            execution.succeed();
        }
        Err(error) => {
            println!("word-count: {error}");
            execution.because(&error).fail(502);
        }
    }

    // A tool of this process that fails.
    let run = tools.start("search");
    run.in_scope(|| println!("search: the quota is used up"));
    run.fail_as("quota");

    // A workflow that is polled until it is done.
    let mut states = ["PENDING", "RUNNING"].into_iter();
    let wait = workflows.wait("nightly-report", LIMIT).poll(|| {
        let found = states.next().map_or(PollState::Completed("done"), PollState::running);
        ready::<PollState<_, Infallible>>(found)
    });
    println!("nightly-report: {}", wait.await.unwrap_or("not in time"));

    println!("\n{}", telemetry.dump());
}
