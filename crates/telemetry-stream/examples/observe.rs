//! Any stream of events, recorded as it is read: one whose source fails, one that ends, one that its reader leaves.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::time::SystemTime;

use futures_util::{StreamExt as _, stream};
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_stream::{EventInfo, Seen, StreamEvent, Streams};
use telemetry_testkit::TestTelemetry;

/// An event that tells what it is.
struct Step {
    number: u32,
    at: SystemTime,
}

impl StreamEvent for Step {
    fn seen(&self) -> Seen<'_> {
        EventInfo::new("step").published(self.at).into()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let telemetry = TestTelemetry::entered();
    // In an application: `Streams::global()`, once `Telemetry` is there.
    let streams = Streams::new(telemetry.meter());

    // Events that tell what they are. An error among them is the source's.
    let step = |number| Step { number, at: SystemTime::now() };
    let steps = stream::iter([Ok(step(1)), Ok(step(2)), Err("the store is gone")]);
    let guard = streams.stream(StreamKind::Workflow, Transport::Sse, "exec-1").id("nightly-report").start();
    let mut steps = guard.observe(steps);
    while let Some(step) = steps.next().await {
        match step {
            Ok(step) => println!("step {}", step.number),
            Err(error) => println!("failed: {error}"),
        }
    }

    // Items of any type, of which a closure tells what each is.
    let lines = stream::iter(["thinking", "", "done"]);
    let guard = streams.start(StreamKind::Agent, Transport::Websocket, "exec-2");
    let lines = guard.observe_as(lines, |line| match *line {
        "" => Seen::Nothing,
        "done" => Seen::End(CloseReason::Completed),
        event_type => event_type.into(),
    });
    println!("lines {:?}", lines.collect::<Vec<_>>().await);

    // A reader that leaves.
    let guard = streams.start(StreamKind::Task, Transport::Sse, "exec-3");
    let mut ticks = guard.observe_as(stream::repeat("tick"), |tick| (*tick).into());
    println!("left after {:?}", ticks.next().await);
    drop(ticks);

    println!("\n{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
}
