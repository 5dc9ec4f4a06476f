//! What a guard costs whose span is not sampled.

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{Sampler as SdkSampler, SdkTracerProvider};
use telemetry_agent::Agents;
use telemetry_core::scope::{self, Spent};
use telemetry_core::trace::{ActiveSpan, Sampling, scoped};
use telemetry_db::Db;
use telemetry_db::labels::{DbOperation, System};
use telemetry_llm::{Llm, Usage};
use telemetry_mcp::Mcp;
use telemetry_runtime::Tools;
use tracing::Dispatch;
use tracing::field::Empty;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::candidates::ours;
use crate::interleave::Candidate;
use crate::workload::Sample;

/// What the guards are compared with.
pub(crate) const PLAIN: &str = "info_span! through tracing-opentelemetry";

/// What a guard does to have a span.
pub(crate) const GUARD: &str = "telemetry-core's span of a guard";

/// A whole guard of a domain crate.
pub(crate) const TOOL_RUN: &str = "telemetry-runtime's whole tool run: span, clock, metrics";

/// A whole guard of a domain crate, where there is nobody to have a span for.
pub(crate) const LLM_CALL: &str = "telemetry-llm's call without span";

/// A whole guard of a domain crate, where there is nobody to have a span for.
pub(crate) const MCP_CALL: &str = "telemetry-mcp's call without span";

/// A whole guard of a domain crate, where there is nobody to have a span for.
pub(crate) const DB_QUERY: &str = "telemetry-db's query without span";

/// The same, with operation and table from a text that was met before.
pub(crate) const DB_STATEMENT: &str = "telemetry-db's query of a text, without span";

/// An agent's turn in which it calls one tool: two guards of a run, its task's turns, the agent's last activity.
pub(crate) const AGENT_TURN: &str = "telemetry-agent's turn with a tool call, without spans";

/// What a call of a model tells the scopes that it is made in: a run's and its task's.
pub(crate) const SCOPE_COST: &str = "telemetry-agent's cost of a call, for agent and task";

/// Statements as an application has them.
const STATEMENTS: [&str; 3] = [
    "SELECT id, title, state FROM tasks WHERE project_id = ? AND state = ? ORDER BY created_at DESC LIMIT 50",
    "INSERT INTO events (task_id, kind, body) VALUES (?, ?, ?)",
    "UPDATE tasks SET state = ?, updated_at = ? WHERE id = ?",
];

/// Models that calls go to: two whose price has steps, one that has a family of metrics more.
const MODELS: [(&str, &str); 4] = [
    ("openai", "gpt-4o-2024-08-06"),
    ("openai", "gpt-5.4"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("gemini", "gemini-2.5-flash"),
];

/// Under one subscriber whose tracer samples nothing, but for those that say otherwise.
pub(crate) fn candidates() -> Vec<Candidate> {
    let provider = SdkTracerProvider::builder().with_sampler(SdkSampler::AlwaysOff).build();
    let bridge = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
    let subscriber = Dispatch::new(Registry::default().with(bridge));
    let plain = subscriber.clone();
    let within = move || {
        let subscriber = subscriber.clone();
        move |run: &mut dyn FnMut()| {
            let _sampling = scoped(Sampling::ParentBasedAlwaysOff);
            tracing::dispatcher::with_default(&subscriber, run);
        }
    };
    let meter = ours::meter();
    let (tools, llm, mcp) = (Tools::new(&meter), Llm::new(&meter), Mcp::new(&meter));
    let llm_call = move |sample: &Sample| {
        let (provider, model) = MODELS[sample.tool % MODELS.len()];
        drop(llm.call(provider, model).start().succeed(Usage::new(2_000, 300)));
    };
    let mcp_call = move |sample: &Sample| mcp.start("files", sample.id).succeed();
    let db = Db::new(&meter).database(System::Sqlite);
    let asked = db.clone();
    let db_query = move |sample: &Sample| asked.start(DbOperation::Select, sample.id).succeed();
    let agents = Agents::new(&meter);
    let project = agents.create_project("storefront");
    let run = project.agent("coder").run(&project.create_task("fix-the-cart"));
    let agent_turn = move |sample: &Sample| {
        let turn = run.turn();
        turn.tool_call(sample.id).succeed();
        turn.complete();
    };
    let run = project.agent("reviewer").run(&project.create_task("review-the-cart"));
    let within_run = move |slice: &mut dyn FnMut()| run.in_scope(slice);
    let scope_cost = |sample: &Sample| scope::report(&Spent::tokens(2_000, 300).with_cost_usd(sample.seconds));
    let db_statement = move |sample: &Sample| db.sql(STATEMENTS[sample.tool % STATEMENTS.len()]).succeed();
    vec![
        Candidate::around(
            PLAIN,
            move |run| tracing::dispatcher::with_default(&plain, run),
            |sample| drop(std::hint::black_box(span(sample.id))),
        ),
        Candidate::around(GUARD, within(), |sample| {
            drop(std::hint::black_box(ActiveSpan::start(|| span(sample.id))));
        }),
        Candidate::around(TOOL_RUN, within(), move |sample| tools.start(sample.id).succeed()),
        Candidate::around("telemetry-llm's whole call", within(), llm_call.clone()),
        Candidate::around("telemetry-mcp's whole call", within(), mcp_call.clone()),
        Candidate::new(LLM_CALL, llm_call),
        Candidate::new(MCP_CALL, mcp_call),
        Candidate::new(DB_QUERY, db_query),
        Candidate::new(DB_STATEMENT, db_statement),
        Candidate::new(AGENT_TURN, agent_turn),
        Candidate::around(SCOPE_COST, within_run, scope_cost),
    ]
}

/// With the fields that a tool run's span has.
fn span(tool_id: &str) -> tracing::Span {
    tracing::info_span!(
        "runtime.execute_tool",
        tool_id,
        timeout_ms = Empty,
        exit_code = Empty,
        signal = Empty,
        output_bytes = Empty,
        outcome = Empty,
        error_kind = Empty
    )
}
