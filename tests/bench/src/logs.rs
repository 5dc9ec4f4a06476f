//! What a log event costs that becomes a line, secrets masked, beside tracing-subscriber's own JSON.

use std::io;

use telemetry_logs::{LogSettings, Logs};
use tracing::Dispatch;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::interleave::Candidate;
use crate::workload::Sample;

/// What the line is compared with: it masks nothing, and hands its bytes to nobody.
pub(crate) const PEER: &str = "tracing-subscriber's JSON, to nowhere";

/// The same with the current span's fields, as it stands by default.
pub(crate) const PEER_BARE: &str = "the same without the spans around";

/// The line of this crate, masked and handed to the writer's thread.
pub(crate) const LINE: &str = "telemetry-logs' line, masked, to its writer";

/// Each within one span that says what its lines are about.
pub(crate) fn candidates() -> Vec<Candidate> {
    let json = || tracing_subscriber::fmt::layer().json().with_writer(io::sink);
    let peer = Dispatch::new(Registry::default().with(json().flatten_event(true)));
    let bare = json().flatten_event(true).with_current_span(false).with_span_list(false);
    let bare = Dispatch::new(Registry::default().with(bare));
    let logs = Logs::builder("bench").settings(LogSettings::default()).to(io::sink()).start();
    let logs = logs.expect("the defaults are accepted");
    let ours = Dispatch::new(Registry::default().with(logs.layer()));
    let within = |dispatch: Dispatch| {
        move |run: &mut dyn FnMut()| {
            tracing::dispatcher::with_default(&dispatch, || {
                let span = tracing::info_span!("agent.run", agent_id = "agent-7", task_id = "task-3");
                span.in_scope(&mut *run);
            });
        }
    };
    vec![
        Candidate::around(PEER, within(peer), say),
        Candidate::around(PEER_BARE, within(bare), say),
        Candidate::around(LINE, within(ours), say).upkeep(move || {
            let _written = logs.flush(std::time::Duration::from_secs(5));
        }),
    ]
}

fn say(sample: &Sample) {
    tracing::info!(
        tool_id = sample.id,
        outcome = "success",
        output_bytes = 4_096,
        duration_ms = 120,
        path = "/srv/worktrees/agent-feature-x/src/index.ts",
        "tool run ended after {} attempts",
        2
    );
}
