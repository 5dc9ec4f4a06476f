//! Client and server joined in memory.

use std::time::Duration;

use opentelemetry::trace::SpanKind;
use rmcp::{ServiceError, ServiceExt};
use telemetry_core::Label;
use telemetry_core::trace::{self, Sampling};
use telemetry_mcp::labels::ErrorKind;
use telemetry_testkit::eventually;

use crate::fixture::{CLIENT, CONNECTIONS, EXECUTE, Fixture, SERVER, call, propagate, text};
use crate::handler::Tools;

#[tokio::test]
async fn every_end_of_a_call_is_told_at_both_sides() {
    type Case = (&'static str, &'static str, Option<ErrorKind>, Option<&'static str>, &'static str);
    let cases: [Case; 5] = [
        ("echo", "success", None, None, "echo"),
        ("fail", "error", Some(ErrorKind::Execution), Some("tool_error"), "fail"),
        ("refuse", "error", Some(ErrorKind::Validation), Some("-32602"), "refuse"),
        ("break", "error", Some(ErrorKind::Execution), Some("-32603"), "break"),
        ("no-such-tool", "error", Some(ErrorKind::Validation), Some("-32601"), "_unknown"),
    ];
    let fixture = Fixture::new();
    let (client, server) = fixture.joined().await;
    client.list_all_tools().await.expect("the server lists its tools");
    for (tool, outcome, kind, error_type, counted_as) in cases {
        let result = client.call_tool(call(tool, &[("text", "x"), ("more", "y")])).await;
        assert_eq!(result.is_ok(), matches!(tool, "echo" | "fail"), "{tool}: {result:?}");
        fixture.assert_execution(CLIENT, counted_as, outcome, kind);
        fixture.assert_execution(SERVER, counted_as, outcome, kind);
        for side in [SpanKind::Client, SpanKind::Server] {
            let span = fixture.span_of(tool, side);
            span.assert_attribute("outcome", outcome);
            span.assert_attribute("arg_count", "2");
            span.assert_attribute("mcp.protocol.version", "2025-11-25");
            assert_eq!(span.attribute("error_kind"), kind.map(Label::as_str), "{span}");
            assert_eq!(span.attribute("error.type"), error_type, "{span}");
            let code = error_type.filter(|error_type| error_type.starts_with('-'));
            assert_eq!(span.attribute("rpc.response.status_code"), code, "{span}");
            assert_eq!(span.is_error(), kind.is_some(), "{span}");
        }
    }
    drop((client, server));
}

#[tokio::test]
async fn the_servers_span_is_the_clients_child_and_what_the_tool_sends_is_its_own() {
    let fixture = Fixture::new();
    let (client, _server) = fixture.joined().await;
    let around = tracing::info_span!("around");
    let result = tracing::Instrument::instrument(client.call_tool(call("context", &[])), around.clone()).await;
    drop(around);
    let sent = text(&result.expect("it answers")).to_owned();
    let (ours, theirs) = (fixture.span_of("context", SpanKind::Client), fixture.span_of("context", SpanKind::Server));
    let around = fixture.span("around");
    assert_eq!(ours.parent_span_id.as_ref(), Some(&around.span_id));
    assert_eq!(theirs.parent_span_id.as_ref(), Some(&ours.span_id));
    assert_eq!((&ours.trace_id, &theirs.trace_id), (&around.trace_id, &around.trace_id));
    assert!(theirs.parent_is_remote);
    assert_eq!(sent, format!("00-{}-{}-03", theirs.trace_id, theirs.span_id));
}

#[tokio::test]
async fn context_that_a_request_carries_already_gives_way_to_the_calls_own() {
    let fixture = Fixture::new();
    let (client, _server) = fixture.joined().await;
    let mut params = call("parent", &[]);
    let foreign = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut meta = rmcp::model::RequestMetaObject::new();
    meta.set_traceparent(foreign);
    params.meta = Some(meta);
    let result = client.call_tool(params).await.expect("it answers");
    let ours = fixture.span_of("parent", SpanKind::Client);
    assert_eq!(text(&result), format!("00-{}-{}-03", ours.trace_id, ours.span_id));
}

#[tokio::test]
async fn an_unsampled_trace_stays_unsampled_at_the_server_and_is_measured_all_the_same() {
    let fixture = Fixture::new();
    let (client, _server) = fixture.joined().await;
    let off = trace::scoped(Sampling::AlwaysOff);
    let result = client.call_tool(call("parent", &[])).await.expect("it answers");
    drop(off);
    assert!(text(&result).ends_with("-02"), "{result:?}");
    assert!(fixture.spans().is_empty());
    fixture.assert_execution(CLIENT, "parent", "success", None);
    fixture.assert_execution(SERVER, "parent", "success", None);
}

#[tokio::test(start_paused = true)]
async fn a_call_beyond_its_limit_is_a_timeout_and_the_server_is_told() {
    let fixture = Fixture::new();
    let (client, _server) = fixture.joined().await;
    client.list_all_tools().await.expect("the server lists its tools");
    let result = client.call_tool_within(call("hang", &[]), Duration::from_secs(3)).await;
    assert!(
        matches!(result, Err(ServiceError::Timeout { timeout }) if timeout == Duration::from_secs(3)),
        "{result:?}"
    );
    fixture.assert_execution(CLIENT, "hang", "timeout", Some(ErrorKind::Timeout));
    fixture.span_of("hang", SpanKind::Client).assert_attribute("error.type", "timeout");
    let done = || fixture.total(EXECUTE, &[("server_id", SERVER)]) == 1.0;
    eventually("the server gives the tool up", done).await;
    fixture.assert_execution(SERVER, "hang", "cancelled", None);
}

#[tokio::test(start_paused = true)]
async fn the_clients_limit_holds_for_its_peers_too() {
    let fixture = Fixture::new();
    let (near, far) = tokio::io::duplex(64 * 1024);
    let limited = fixture.mcp.client(CLIENT).timeout(Duration::from_secs(1));
    let (client, server) = tokio::join!(limited.serve((), near), fixture.mcp.server(SERVER).serve(Tools, far));
    let (client, _server) = (client.expect("the server answers"), server.expect("the client asks"));
    let peer = client.measured_peer();
    let task = tokio::spawn(async move { peer.call_tool(call("hang", &[])).await });
    let result = task.await.expect("it does not panic");
    assert!(matches!(result, Err(ServiceError::Timeout { .. })), "{result:?}");
    fixture.assert_execution(CLIENT, "hang", "timeout", Some(ErrorKind::Timeout));
    client.measured_peer().call_tool_once(call("echo", &[])).await.expect("it answers");
    fixture.assert_execution(CLIENT, "echo", "success", None);
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_at_both_sides() {
    let fixture = Fixture::new();
    let (client, _server) = fixture.joined().await;
    client.list_all_tools().await.expect("the server lists its tools");
    let folder = tempfile::tempdir().expect("a folder");
    let started = folder.path().join("started");
    let path = started.to_str().expect("a path in text").to_owned();
    let running = client.call_tool(call("hang", &[("started", &path)]));
    tokio::select! {
        result = running => panic!("it ended by itself: {result:?}"),
        () = eventually("the tool runs", || started.exists()) => {}
    }
    fixture.assert_execution(CLIENT, "hang", "cancelled", None);
    let done = || fixture.total(EXECUTE, &[("server_id", SERVER)]) == 1.0;
    eventually("the server gives the tool up", done).await;
    fixture.assert_execution(SERVER, "hang", "cancelled", None);
    assert!(!fixture.span_of("hang", SpanKind::Client).is_error());
}

#[tokio::test]
async fn a_tool_that_panics_is_a_failed_tool_at_the_server() {
    let fixture = Fixture::new();
    let (client, _server) = fixture.joined().await;
    client.list_all_tools().await.expect("the server lists its tools");
    let hanging = client.call_tool_within(call("panic", &[]), Duration::from_millis(200));
    assert!(hanging.await.is_err());
    eventually("the server has recorded it", || fixture.total(EXECUTE, &[("server_id", SERVER)]) == 1.0).await;
    fixture.assert_execution(SERVER, "panic", "error", Some(ErrorKind::Execution));
    fixture.span_of("panic", SpanKind::Server).assert_attribute("error.type", "panic");
}

#[tokio::test]
async fn a_server_that_goes_away_is_a_failed_connection() {
    let fixture = Fixture::new();
    let (client, server) = fixture.joined().await;
    assert_eq!((fixture.connections(CLIENT), fixture.connections(SERVER)), (1.0, 1.0));
    let folder = tempfile::tempdir().expect("a folder");
    let started = folder.path().join("started");
    let path = started.to_str().expect("a path in text").to_owned();
    let cut = async {
        eventually("the tool runs", || started.exists()).await;
        let _ = server.cancel().await;
    };
    let (result, ()) = tokio::join!(client.call_tool(call("hang", &[("started", &path)])), cut);
    assert!(result.is_err());
    fixture.disconnected(CLIENT).await;
    fixture.disconnected(SERVER).await;

    let result = client.call_tool(call("echo", &[])).await;
    assert!(matches!(result, Err(ServiceError::TransportClosed)), "{result:?}");
    fixture.assert_execution(CLIENT, "echo", "error", Some(ErrorKind::Connection));
    fixture.span_of("echo", SpanKind::Client).assert_attribute("error.type", "connection");
}

#[tokio::test]
async fn a_client_that_is_closed_or_dropped_is_disconnected() {
    let fixture = Fixture::new();
    let (closed, _server) = fixture.joined().await;
    closed.cancel().await.expect("it does not panic");
    assert_eq!(fixture.connections(CLIENT), 0.0);

    let (dropped, _server) = fixture.joined().await;
    assert_eq!(fixture.connections(CLIENT), 1.0);
    drop(dropped);
    fixture.disconnected(CLIENT).await;
    fixture.disconnected(SERVER).await;
}

#[tokio::test]
async fn a_client_that_finds_no_server_is_not_connected() {
    let fixture = Fixture::new();
    let (near, far) = tokio::io::duplex(1024);
    drop(far);
    assert!(fixture.mcp.client(CLIENT).serve((), near).await.is_err());
    assert_eq!(fixture.connections(CLIENT), 0.0);
}

#[tokio::test]
async fn what_the_sdk_starts_by_other_means_is_wrapped() {
    let fixture = Fixture::new();
    let (near, far) = tokio::io::duplex(64 * 1024);
    let builder = fixture.mcp.client(CLIENT);
    let transport = builder.track(near);
    let handler = fixture.mcp.server(SERVER).wrap(Tools);
    let (client, server) = tokio::join!(().serve(transport), handler.serve(far));
    let (client, server) = (builder.wrap(client.expect("the server answers")), server.expect("the client asks"));
    client.call_tool(call("echo", &[])).await.expect("it answers");
    fixture.assert_execution(CLIENT, "echo", "success", None);
    fixture.assert_execution(SERVER, "echo", "success", None);
    assert_eq!((fixture.connections(CLIENT), fixture.connections(SERVER)), (1.0, 1.0));
    client.cancel().await.expect("it does not panic");
    server.waiting().await.expect("it does not panic");
    assert_eq!((fixture.connections(CLIENT), fixture.connections(SERVER)), (0.0, 0.0));
}

#[tokio::test]
async fn a_server_without_metrics_has_spans_alone() {
    let fixture = Fixture::new();
    let (near, far) = tokio::io::duplex(64 * 1024);
    let server = fixture.mcp.server(SERVER).metrics(false);
    let (client, server) = tokio::join!(fixture.mcp.client(CLIENT).serve((), near), server.serve(Tools, far));
    let (client, _server) = (client.expect("the server answers"), server.expect("the client asks"));
    client.call_tool(call("echo", &[])).await.expect("it answers");
    fixture.span_of("echo", SpanKind::Server).assert_attribute("outcome", "success");
    let metrics = fixture.metrics();
    metrics.assert_absent(EXECUTE, &[("server_id", SERVER)]);
    metrics.assert_absent(CONNECTIONS, &[("server_id", SERVER)]);
}

#[tokio::test]
async fn names_that_clients_make_up_do_not_use_up_the_label() {
    let fixture = Fixture::new();
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (client, server) = tokio::join!(().serve(near), fixture.mcp.server(SERVER).serve(Tools, far));
    let (client, _server) = (client.expect("the server answers"), server.expect("the client asks"));
    for made_up in 0..200 {
        assert!(client.call_tool_once(call(&format!("made-up-{made_up}"), &[])).await.is_err());
    }
    client.call_tool(call("echo", &[])).await.expect("it answers");
    let metrics = fixture.metrics();
    let at_server = metrics.matching(EXECUTE, &[("server_id", SERVER)]);
    let names: Vec<_> = at_server.iter().filter_map(|point| point.label("tool_name")).collect();
    assert_eq!(names, ["_unknown", "echo"], "{metrics}");
}

#[tokio::test]
async fn a_name_that_nobody_listed_is_no_label_when_its_call_is_given_up_or_panics() {
    let fixture = Fixture::new();
    let (client, _server) = fixture.joined().await;
    for tool in ["hang", "panic"] {
        let within = Duration::from_millis(50);
        client.call_tool_within(call(tool, &[]), within).await.expect_err("no answer");
    }
    eventually("the server gives both up", || fixture.total(EXECUTE, &[("server_id", SERVER)]) == 2.0).await;
    fixture.assert_total(EXECUTE, &[("server_id", SERVER), ("tool_name", "_unknown")], 2.0);
    // Who reads spans and logs is told what was asked for.
    fixture.span_of("hang", SpanKind::Server).assert_attribute("outcome", "cancelled");
    let logs = fixture.logs();
    let panicked = logs.iter().find(|log| log.severity == "ERROR").expect("the panic is logged");
    panicked.assert_attribute("tool_name", "panic");
}

#[test]
fn a_meta_without_a_context_stays_absent() {
    propagate();
    let mut carrier = telemetry_mcp::sdk::MetaCarrier::default();
    telemetry_core::propagation::inject_current(&mut carrier);
    assert!(carrier.0.is_empty());
}
