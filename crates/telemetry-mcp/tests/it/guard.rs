//! The execution of a tool that the application sends or runs by itself.

use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use opentelemetry::trace::SpanKind;
use telemetry_core::trace::{self, Sampling};
use telemetry_core::{Label, Meter, clock};
use telemetry_mcp::labels::{ErrorKind, Network};
use telemetry_mcp::{Connection, Lookup, Mcp, ToolCall};

use crate::fixture::{ERRORS, EXECUTE, Fixture};

#[test]
fn every_end_is_one_execution_with_its_outcome() {
    type End = fn(ToolCall);
    type Case = (&'static str, End, &'static str, Option<ErrorKind>, Option<&'static str>);
    let cases: [Case; 11] = [
        ("succeed", |call| call.succeed(), "success", None, None),
        ("timeout", |call| call.timeout(), "timeout", Some(ErrorKind::Timeout), Some("timeout")),
        ("cancel", |call| call.cancel(), "cancelled", None, None),
        ("drop", |call| drop(call), "cancelled", None, None),
        (
            "connection",
            |call| call.fail(ErrorKind::Connection),
            "error",
            Some(ErrorKind::Connection),
            Some("connection"),
        ),
        (
            "validation",
            |call| call.fail(ErrorKind::Validation),
            "error",
            Some(ErrorKind::Validation),
            Some("validation"),
        ),
        ("execution", |call| call.fail(ErrorKind::Execution), "error", Some(ErrorKind::Execution), Some("tool_error")),
        ("fail-timeout", |call| call.fail(ErrorKind::Timeout), "timeout", Some(ErrorKind::Timeout), Some("timeout")),
        (
            "own-type",
            |call| call.fail_as(ErrorKind::Execution, "quota"),
            "error",
            Some(ErrorKind::Execution),
            Some("quota"),
        ),
        ("refused", |call| call.fail_rpc(-32602), "error", Some(ErrorKind::Validation), Some("-32602")),
        ("broken", |call| call.fail_rpc(-32603), "error", Some(ErrorKind::Execution), Some("-32603")),
    ];
    let fixture = Fixture::new();
    for (tool, end, outcome, kind, error_type) in cases {
        end(fixture.mcp.start("server", tool));
        fixture.assert_execution(tool, outcome, kind, error_type);
    }
}

#[test]
fn a_code_of_a_refusal_is_validation_and_any_other_execution() {
    for code in [-32700, -32600, -32601, -32602, -32020, -32021, -32022] {
        assert_eq!(ErrorKind::of_rpc_code(code), ErrorKind::Validation, "{code}");
    }
    for code in [-32603, -32000, -32002, -1, 0, 1, i32::MAX, i32::MIN] {
        assert_eq!(ErrorKind::of_rpc_code(code), ErrorKind::Execution, "{code}");
    }
}

#[test]
fn the_span_tells_what_was_called_and_by_the_conventions_names_too() {
    let fixture = Fixture::new();
    let call = fixture.mcp.call("server", "search").arg_count(3).network(Network::Pipe).protocol_version("2025-11-25");
    call.request_id("7").start().fail_rpc(-32602);
    let span = fixture.span_with("tool_name", "search");
    for (key, value) in [
        ("server_id", "server"),
        ("tool_name", "search"),
        ("arg_count", "3"),
        ("mcp.method.name", "tools/call"),
        ("mcp.protocol.version", "2025-11-25"),
        ("gen_ai.operation.name", "execute_tool"),
        ("gen_ai.tool.name", "search"),
        ("network.transport", "pipe"),
        ("jsonrpc.request.id", "7"),
        ("rpc.response.status_code", "-32602"),
    ] {
        span.assert_attribute(key, value);
    }
    assert_eq!(span.kind, SpanKind::Client);

    fixture.mcp.call("server", "plain").as_server().start().succeed();
    let span = fixture.span_with("tool_name", "plain");
    assert_eq!(span.kind, SpanKind::Server);
    for key in ["arg_count", "mcp.protocol.version", "network.transport", "jsonrpc.request.id", "error.type"] {
        assert_eq!(span.attribute(key), None, "{key}");
    }
}

#[test]
fn one_log_event_within_the_span_tells_the_end() {
    let fixture = Fixture::new();
    fixture.mcp.start("server", "fails").fail_rpc(-32603);
    fixture.mcp.start("server", "fine").succeed();
    let logs = fixture.logs();
    let failed = logs.one("MCP tool failed");
    assert_eq!(failed.severity, "WARN");
    for (key, value) in [
        ("server_id", "server"),
        ("tool_name", "fails"),
        ("outcome", "error"),
        ("error_kind", "execution"),
        ("error_type", "-32603"),
    ] {
        failed.assert_attribute(key, value);
    }
    assert_eq!(failed.span_id.as_deref(), Some(fixture.span_with("tool_name", "fails").span_id.as_str()));
    let ended = logs.one("MCP tool ended");
    assert_eq!(ended.severity, "DEBUG");
    assert_eq!(ended.span_id.as_deref(), Some(fixture.span_with("tool_name", "fine").span_id.as_str()));
}

#[test]
fn a_failure_says_why_without_secrets() {
    let fixture = Fixture::new();
    let error = io::Error::other("GET https://me:hunter2@tools/ was reset");
    fixture.mcp.start("server", "reset").because(&error).fail(ErrorKind::Connection);
    fixture.mcp.start("server", "late").because(&error).fail(ErrorKind::Timeout);
    fixture.mcp.start("server", "odd").because(&error).fail_as(ErrorKind::Validation, "odd_answer");
    let why = "GET https://me:[redacted]@tools/ was reset";
    for (tool, outcome, kind, error_type) in [
        ("reset", "error", ErrorKind::Connection, "connection"),
        ("late", "timeout", ErrorKind::Timeout, "timeout"),
        ("odd", "error", ErrorKind::Validation, "odd_answer"),
    ] {
        fixture.assert_execution(tool, outcome, Some(kind), Some(error_type));
        let span = fixture.span_with("tool_name", tool);
        assert!(span.to_string().contains(why), "{span}");
        let logs = fixture.logs();
        let log = logs.iter().find(|log| log.attribute("tool_name") == Some(tool)).expect("its end is logged");
        log.assert_attribute("error_message", why);
    }
}

#[test]
fn a_panic_is_the_tools_own_at_the_server_alone() {
    let fixture = Fixture::new();
    let panicking = |tool: &'static str, server: bool| {
        let call = fixture.mcp.call("server", tool);
        let call = if server { call.as_server() } else { call }.start();
        let ended = panic::catch_unwind(AssertUnwindSafe(move || {
            let _call = call;
            panic!("a panic within the guarded block");
        }));
        assert!(ended.is_err());
    };
    panicking("client", false);
    fixture.assert_execution("client", "cancelled", None, Some("panic"));
    panicking("server", true);
    fixture.assert_execution("server", "error", Some(ErrorKind::Execution), Some("panic"));
    let logs = fixture.logs();
    let failed: Vec<_> = logs.containing("MCP tool failed").into_iter().collect();
    assert_eq!(failed.len(), 2, "{logs}");
    for log in failed {
        assert_eq!(log.severity, "ERROR", "{log}");
        log.assert_attribute("error_type", "panic");
    }
}

#[test]
fn guards_are_owned_and_go_where_work_goes() {
    fn owned<T: Send + 'static>() {}
    owned::<ToolCall>();
    owned::<Connection>();
    owned::<Lookup>();
}

#[tokio::test]
async fn a_call_goes_into_a_task_under_an_id_made_at_run_time() {
    let fixture = Fixture::new();
    let tasks = (0..3).map(|number| {
        let call = fixture.mcp.start("server", &format!("tool-{number}"));
        tokio::spawn(async move {
            call.instrument(async {}).await;
            assert_eq!(call.in_scope(|| tracing::Span::current().id()), call.span().span().id());
            call.succeed();
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("it does not panic");
    }
    for number in 0..3 {
        fixture.assert_execution(&format!("tool-{number}"), "success", None, None);
    }
}

#[test]
fn a_call_says_how_long_it_took_by_the_clock_in_scope() {
    thread_local! {
        static NOW: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    let fixture = Fixture::new();
    let begun = Instant::now();
    NOW.set(Some(begun));
    let _clock = clock::scoped(|| NOW.get().expect("it is set"));
    let call = fixture.mcp.start("server", "tool");
    NOW.set(Some(begun + Duration::from_millis(2_500)));
    call.succeed();
    fixture.log("MCP tool ended").assert_attribute("duration_ms", "2500");
    let labels = [("tool_name", "tool"), ("outcome", "success")];
    assert_eq!(fixture.metrics().histogram(EXECUTE, &labels).sum, 2.5);
}

#[test]
fn an_early_return_is_cancelled() {
    fn tool(mcp: &Mcp) -> Option<()> {
        let call = mcp.start("server", "early");
        None?;
        call.succeed();
        Some(())
    }
    let fixture = Fixture::new();
    assert_eq!(tool(&fixture.mcp), None);
    fixture.assert_execution("early", "cancelled", None, None);
}

#[tokio::test]
async fn a_dropped_future_is_cancelled() {
    let fixture = Fixture::new();
    let work = async {
        let call = fixture.mcp.start("server", "dropped");
        call.instrument(std::future::pending::<()>()).await;
        call.succeed();
    };
    tokio::select! {
        biased;
        () = work => unreachable!("it is pending for ever"),
        () = std::future::ready(()) => {}
    }
    fixture.assert_execution("dropped", "cancelled", None, None);
}

#[test]
fn without_its_metrics_an_execution_has_a_span_alone() {
    let fixture = Fixture::new();
    fixture.mcp.call("server", "tool").metrics(false).start().fail(ErrorKind::Execution);
    fixture.span_with("tool_name", "tool").assert_attribute("outcome", "error");
    let metrics = fixture.metrics();
    metrics.assert_absent(EXECUTE, &[]);
    metrics.assert_absent(ERRORS, &[]);
}

#[test]
fn without_a_meter_nothing_happens() {
    let mcp = Mcp::new(&Meter::noop());
    mcp.start("server", "tool").fail(ErrorKind::Connection);
    let _connection = mcp.connection("server");
    assert_eq!(mcp.look_up(|| Some(1)), Some(1));
    Mcp::global().start("server", "tool").succeed();
}

#[test]
fn what_is_not_sampled_is_measured_and_logged_all_the_same() {
    let fixture = Fixture::new();
    let _off = trace::scoped(Sampling::AlwaysOff);
    let call = fixture.mcp.start("server", "tool");
    assert!(!call.span().is_sampled());
    call.fail(ErrorKind::Execution);
    assert!(fixture.spans().is_empty());
    let kind = ErrorKind::Execution.as_str();
    fixture.assert_counter(ERRORS, &[("tool_name", "tool"), ("error_kind", kind)], 1.0);
    fixture.log("MCP tool failed").assert_attribute("tool_name", "tool");
}
