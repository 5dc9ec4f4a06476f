//! One table over all guards: what each end is, in the span and in the log, is decided once (docs/adr/009).

use std::fmt;
use std::future::{Future, Ready, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{HeaderMap, Method, StatusCode, Uri};
use telemetry_agent::Agents;
use telemetry_core::Meter;
use telemetry_core::trace::{Sampling, scoped};
use telemetry_db::Db;
use telemetry_db::labels::DbOperation;
use telemetry_http::{ExternalCall, HttpLayer};
use telemetry_llm::{Failure, Llm, Usage};
use telemetry_mcp::Mcp;
use telemetry_runtime::{Executions, PollState, Tools, Workflows};
use telemetry_stream::Streams;
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_testkit::TestTelemetry;
use telemetry_vcs::GitHub;
use tower_service::Service as _;

const LONG: Duration = Duration::from_secs(60);

/// How a guard is made to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Succeed,
    Fail,
    Drop,
    Panic,
}

/// Whose code it is that a guard is around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    /// The process's own: its panic is its failure.
    Own,
    /// A peer's: a panic of whoever waits for it says nothing of the peer.
    Peers,
}

struct Row {
    guard: &'static str,
    span: &'static str,
    code: Code,
    /// The level of a failure: WARN where whoever asked decides, ERROR where it ends the work.
    failure: &'static str,
    run: fn(&Meter, How),
}

const ROWS: &[Row] = &[
    Row { guard: "ToolRun", span: "runtime.execute_tool", code: Code::Own, failure: "WARN", run: tool },
    Row { guard: "Execution", span: "task.execute_sync", code: Code::Own, failure: "ERROR", run: execution },
    Row { guard: "AgentPreparation", span: "agent.prepare", code: Code::Own, failure: "ERROR", run: preparation },
    Row { guard: "WorkflowWait", span: "workflow.wait_completion", code: Code::Peers, failure: "WARN", run: wait },
    Row { guard: "Call", span: "llm.complete", code: Code::Peers, failure: "WARN", run: call },
    Row { guard: "ToolCall, client", span: "mcp.tool.execute", code: Code::Peers, failure: "WARN", run: mcp_client },
    Row { guard: "ToolCall, server", span: "mcp.tool.execute", code: Code::Own, failure: "WARN", run: mcp_server },
    Row { guard: "QueryGuard", span: "db.select tasks", code: Code::Peers, failure: "WARN", run: query },
    Row { guard: "Run", span: "agent.run", code: Code::Own, failure: "ERROR", run: agent_run },
    Row { guard: "Turn", span: "agent.turn.1", code: Code::Own, failure: "WARN", run: turn },
    Row { guard: "ToolCall, of an agent", span: "tool.Read", code: Code::Own, failure: "WARN", run: tool_call },
    Row { guard: "HttpLayer", span: "http.GET /guarded", code: Code::Own, failure: "ERROR", run: http_layer },
    Row { guard: "ExternalCall", span: "external.billing.charge", code: Code::Peers, failure: "WARN", run: external },
    Row { guard: "GitHubCall", span: "external.github.meta/root", code: Code::Peers, failure: "WARN", run: github },
];

fn unwind<T>(guarded: impl FnOnce() -> T) {
    assert!(catch_unwind(AssertUnwindSafe(guarded)).is_err(), "the guarded code was to panic");
}

/// Drops a guard by a panic of the code that holds it.
fn panic_with<T>(guard: T) {
    unwind(move || {
        let _guard = guard;
        panic!("on purpose");
    });
}

/// Polls a future once.
fn once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

fn tool(meter: &Meter, how: How) {
    let run = Tools::new(meter).start("git-diff");
    match how {
        How::Succeed => run.succeed(),
        How::Fail => run.fail(telemetry_runtime::labels::ErrorKind::Wait),
        How::Drop => drop(run),
        How::Panic => panic_with(run),
    }
}

fn execution(meter: &Meter, how: How) {
    let execution = Executions::new(meter).start_task("summarize", "basic");
    match how {
        How::Succeed => execution.succeed(),
        How::Fail => execution.fail(502),
        How::Drop => drop(execution),
        How::Panic => panic_with(execution),
    }
}

fn preparation(meter: &Meter, how: How) {
    let preparation = Executions::new(meter).start_preparation("reviewer");
    match how {
        How::Succeed => preparation.ready("review").start().succeed(),
        How::Fail => preparation.fail(404),
        How::Drop => drop(preparation),
        How::Panic => panic_with(preparation),
    }
}

fn agent(meter: &Meter) -> telemetry_agent::Run {
    Agents::new(meter).create_project("storefront").agent("coder").prepare().start()
}

fn agent_run(meter: &Meter, how: How) {
    let run = agent(meter);
    match how {
        How::Succeed => run.complete(),
        How::Fail => run.fail(),
        How::Drop => drop(run),
        How::Panic => panic_with(run),
    }
}

fn turn(meter: &Meter, how: How) {
    let run = agent(meter);
    let turn = run.turn();
    // It goes on: its end is another row's.
    std::mem::forget(run);
    match how {
        How::Succeed => turn.complete(),
        How::Fail => turn.fail(),
        How::Drop => drop(turn),
        How::Panic => panic_with(turn),
    }
}

fn tool_call(meter: &Meter, how: How) {
    let run = agent(meter);
    let turn = run.turn();
    let call = turn.tool_call("Read");
    // They go on, too.
    std::mem::forget((run, turn));
    match how {
        How::Succeed => call.succeed(),
        How::Fail => call.fail(),
        How::Drop => drop(call),
        How::Panic => panic_with(call),
    }
}

fn wait(meter: &Meter, how: How) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime starts");
    let _entered = runtime.enter();
    let wait = Workflows::new(meter).wait("nightly", LONG);
    match how {
        How::Succeed => drop(once(wait.poll(|| ready(PollState::<_, fmt::Error>::Completed(()))))),
        How::Fail => drop(once(wait.poll(|| ready(PollState::<(), _>::Failed(fmt::Error))))),
        How::Drop => assert!(once(wait.poll(|| ready(PollState::<(), fmt::Error>::running("RUNNING")))).is_none()),
        How::Panic => unwind(|| once(wait.poll(|| -> Ready<PollState<(), fmt::Error>> { panic!("on purpose") }))),
    }
}

fn call(meter: &Meter, how: How) {
    let call = Llm::new(meter).start("openai", "gpt-4o");
    match how {
        How::Succeed => drop(call.succeed(Usage::new(1, 1))),
        How::Fail => drop(call.fail(Failure::timeout())),
        How::Drop => drop(call),
        How::Panic => panic_with(call),
    }
}

fn mcp_client(meter: &Meter, how: How) {
    mcp(Mcp::new(meter).start("github", "search"), how);
}

fn mcp_server(meter: &Meter, how: How) {
    mcp(Mcp::new(meter).call("github", "search").as_server().start(), how);
}

fn mcp(call: telemetry_mcp::ToolCall, how: How) {
    match how {
        How::Succeed => call.succeed(),
        How::Fail => call.fail(telemetry_mcp::labels::ErrorKind::Connection),
        How::Drop => drop(call),
        How::Panic => panic_with(call),
    }
}

fn query(meter: &Meter, how: How) {
    let query = Db::new(meter).start(DbOperation::Select, "tasks");
    match how {
        How::Succeed => query.succeed(),
        How::Fail => query.fail("connection"),
        How::Drop => drop(query),
        How::Panic => panic_with(query),
    }
}

fn external(_: &Meter, how: How) {
    let call = ExternalCall::start("billing", "charge");
    match how {
        How::Succeed => call.succeed(),
        How::Fail => call.answered(StatusCode::BAD_GATEWAY),
        How::Drop => drop(call),
        How::Panic => panic_with(call),
    }
}

fn github(meter: &Meter, how: How) {
    let call = GitHub::new(meter).call(&Method::GET, &Uri::from_static("/")).start();
    match how {
        How::Succeed => assert!(call.answered(StatusCode::OK, &HeaderMap::new()).is_none()),
        How::Fail => assert!(call.answered(StatusCode::BAD_GATEWAY, &HeaderMap::new()).is_none()),
        How::Drop => drop(call),
        How::Panic => panic_with(call),
    }
}

fn http_layer(meter: &Meter, how: How) {
    let answer = move || async move {
        match how {
            How::Succeed => StatusCode::OK,
            How::Fail => StatusCode::INTERNAL_SERVER_ERROR,
            How::Drop => pending().await,
            How::Panic => panic!("on purpose"),
        }
    };
    let mut app: Router = Router::new().route("/guarded", get(answer)).layer(HttpLayer::new(meter));
    let request = http::Request::get("/guarded").body(Body::empty()).expect("a request");
    let mut response = Box::pin(app.call(request));
    match how {
        // It lasts until its body has gone.
        How::Succeed | How::Fail => drop(once(response).expect("it waits for nothing").expect("it cannot fail")),
        How::Drop => assert!(once(&mut response).is_none()),
        How::Panic => unwind(move || drop(once(response))),
    }
}

#[test]
fn every_guard_ends_as_the_table_says() {
    for row in ROWS {
        for how in [How::Succeed, How::Fail, How::Drop, How::Panic] {
            let telemetry = TestTelemetry::new();
            telemetry.in_scope(|| (row.run)(telemetry.meter(), how));
            let told = format!("{} {how:?}\n{}", row.guard, telemetry.dump());

            let span = telemetry.spans().one(row.span).clone();
            let failed = matches!(how, How::Fail | How::Panic);
            assert_eq!(span.is_error(), failed, "the span's status: {told}");
            assert_eq!(span.attribute("error.type").is_some(), failed, "error.type: {told}");
            let outcome = span.attribute("outcome").unwrap_or_else(|| panic!("the span has an outcome: {told}"));
            let cancelled = how == How::Drop || (how == How::Panic && row.code == Code::Peers);
            assert_eq!(outcome == "cancelled", cancelled, "outcome {outcome}: {told}");
            if how == How::Panic {
                assert_eq!(span.attribute("error.type"), Some("panic"), "{told}");
            }

            // An end is one record, and it alone has a duration. A preparation that succeeds ends with its execution.
            let logs = telemetry.logs();
            let ends: Vec<_> = logs.iter().filter(|log| log.attribute("duration_ms").is_some()).collect();
            let [end] = &ends[..] else { panic!("{} ends: {told}", ends.len()) };
            let level = match how {
                How::Succeed | How::Drop => "DEBUG",
                How::Fail => row.failure,
                How::Panic => "ERROR",
            };
            assert_eq!(end.severity, level, "{told}");
            let took = end.attribute("duration_ms").and_then(|took| took.parse::<i64>().ok());
            assert!(took.is_some(), "a whole number of milliseconds: {told}");
        }
    }
}

#[test]
fn a_stream_ends_for_a_reason_and_its_failures_are_errors() {
    let cases = [
        (How::Succeed, "completed", "INFO", None),
        (How::Fail, "upstream_error", "ERROR", Some("upstream_error")),
        // Whoever drops the body of a response is the client that left.
        (How::Drop, "client_disconnect", "INFO", None),
        (How::Panic, "internal_error", "ERROR", Some("panic")),
    ];
    for (how, reason, level, error_type) in cases {
        let telemetry = TestTelemetry::new();
        telemetry.in_scope(|| {
            let stream = Streams::new(telemetry.meter()).start(StreamKind::Task, Transport::Sse, "exec-17");
            match how {
                How::Succeed => stream.complete(),
                How::Fail => stream.close(CloseReason::UpstreamError),
                How::Drop => drop(stream),
                How::Panic => panic_with(stream),
            }
        });
        let told = format!("{how:?}\n{}", telemetry.dump());
        let span = telemetry.spans().one("stream.connection").clone();
        assert_eq!(span.attribute("close_reason"), Some(reason), "{told}");
        assert_eq!(span.attribute("error.type"), error_type, "{told}");
        assert_eq!(span.is_error(), error_type.is_some(), "{told}");
        let logs = telemetry.logs();
        let ends: Vec<_> = logs.iter().filter(|log| log.attribute("duration_ms").is_some()).collect();
        let [end] = &ends[..] else { panic!("{} ends: {told}", ends.len()) };
        assert_eq!(end.severity, level, "{told}");
    }
}

#[test]
fn without_a_span_every_end_is_logged_all_the_same() {
    for row in ROWS {
        let telemetry = TestTelemetry::new();
        telemetry.in_scope(|| {
            let _off = scoped(Sampling::AlwaysOff);
            (row.run)(telemetry.meter(), How::Fail);
        });
        assert!(telemetry.spans().is_empty(), "{}", row.guard);
        let ends = telemetry.logs().iter().filter(|log| log.severity == row.failure).count();
        assert_eq!(ends, 1, "{}\n{}", row.guard, telemetry.dump());
    }
}

#[test]
fn guards_are_owned_and_go_into_tasks() {
    fn goes_into_a_task<T: Send + 'static>() {}
    goes_into_a_task::<telemetry_runtime::ToolRun>();
    goes_into_a_task::<telemetry_runtime::Execution>();
    goes_into_a_task::<telemetry_runtime::AgentPreparation>();
    goes_into_a_task::<telemetry_runtime::WorkflowWait>();
    goes_into_a_task::<telemetry_llm::Call>();
    goes_into_a_task::<telemetry_db::QueryGuard>();
    goes_into_a_task::<telemetry_mcp::ToolCall>();
    goes_into_a_task::<telemetry_mcp::Connection>();
    goes_into_a_task::<telemetry_mcp::Lookup>();
    goes_into_a_task::<telemetry_stream::StreamGuard>();
    goes_into_a_task::<telemetry_agent::Agent>();
    goes_into_a_task::<telemetry_agent::Run>();
    goes_into_a_task::<telemetry_agent::Turn>();
    goes_into_a_task::<telemetry_agent::ToolCall>();
    goes_into_a_task::<telemetry_agent::Participant>();
    goes_into_a_task::<ExternalCall>();
    goes_into_a_task::<telemetry_health::StartupStep>();
    goes_into_a_task::<telemetry_vcs::Creation>();
    goes_into_a_task::<telemetry_vcs::GitHubCall>();
    goes_into_a_task::<telemetry_vcs::Removal>();
    goes_into_a_task::<telemetry_vcs::Worktree>();
}
