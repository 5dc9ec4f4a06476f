//! Two threads that guard one entity at once: what a guard holds must not be what they fight over.

use std::hint::black_box;
use std::sync::Arc;

use telemetry_core::{Counter, End, EntityId, Family, Lease, Metrics, Operation, Shared};

use crate::candidates::ours;
use crate::interleave::Candidate;

/// What a guard holds, without what it records.
pub(crate) const LEASED: &str = "guard of one entity: lease, place, clock";

/// The same with a count of references that all share.
pub(crate) const COUNTED: &str = "the same with one Arc for all";

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "telemetry.bench", entity(tool_id))]
struct ToolMetrics {
    /// Tool executions by their end
    #[metric(name = "tool_guarded_total")]
    runs: Counter,
}

struct Leased {
    tools: Lease<Family<ToolMetrics>>,
    tool: EntityId<ToolMetrics>,
    operation: Operation,
}

struct Counted {
    tool: Arc<ToolMetrics>,
    operation: Operation,
}

fn operation() -> Operation {
    Operation::start(tracing::Span::none)
}

/// Each starts and ends a guard and reads where it would record, and records nothing: one series that two threads
/// record into is another matter.
pub(crate) fn candidates() -> Vec<Candidate> {
    let tools = Shared::new(Family::<ToolMetrics>::new(&ours::meter()));
    let counted = tools.clone();
    vec![
        Candidate::new(LEASED, move |_| {
            let mut guard = Leased { tools: tools.lease(), tool: tools.find("git-diff"), operation: operation() };
            let elapsed = guard.operation.end(&End::success("success"));
            black_box((elapsed, &guard.tools.at(guard.tool).runs));
        }),
        Candidate::new(COUNTED, move |_| {
            let mut guard = Counted { tool: Arc::clone(counted.get("git-diff")), operation: operation() };
            let elapsed = guard.operation.end(&End::success("success"));
            black_box((elapsed, &guard.tool.runs));
        }),
    ]
}
