//! Peers that mean no good: what they say is cut, no name of theirs becomes a label, and all others are served as ever.

use std::collections::BTreeSet;
use std::time::Duration;

use telemetry_mcp::McpSettings;
use telemetry_testkit::{SpanEntry, TestTelemetry};
use tokio::time::timeout;

use crate::fixture::{CLIENT, CONNECTIONS, EXECUTE, Fixture, SERVER, call};
use crate::handler::Tools;
use crate::peer::{ClientFault, ServerFault, TOOL};

/// How long anything may take; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

fn bytes(span: &SpanEntry) -> usize {
    let attributes = span.attributes.iter().map(|(key, value)| key.len() + value.len());
    span.name.len() + span.trace_state.len() + format!("{:?}", span.status).len() + attributes.sum::<usize>()
}

/// Asserts that what was recorded is small, and that no label was made up by a peer.
#[track_caller]
fn assert_sound(telemetry: &TestTelemetry, what: &str) {
    for span in telemetry.spans().iter() {
        assert!(bytes(span) <= 3 * 1024, "{what}: {} bytes in {span}", bytes(span));
    }
    for log in telemetry.logs().iter() {
        let longest = log.attributes.values().map(String::len).max().unwrap_or_default();
        assert!(longest <= 1_100, "{what}: {longest} bytes in an attribute of {log}");
    }
    let metrics = telemetry.metrics();
    let known = BTreeSet::from([TOOL, "echo", "_unknown", "_other"]);
    let tools: BTreeSet<_> =
        metrics.matching(EXECUTE, &[]).iter().filter_map(|point| point.label("tool_name")).collect();
    assert!(tools.is_subset(&known), "{what}: {metrics}");
    for name in ["mcp.client.operation.duration", "mcp.server.operation.duration"] {
        for point in metrics.matching(name, &[]) {
            assert!(point.attributes.values().all(|value| value.len() <= 256), "{what}: {metrics}");
        }
    }
}

fn fixture() -> Fixture {
    Fixture::with(McpSettings { semconv: Some(true), ..McpSettings::default() })
}

#[tokio::test]
async fn after_each_hostile_server_its_client_is_as_before_and_so_are_the_others() {
    for fault in ServerFault::ALL {
        let fixture = fixture();
        let (near, far) = tokio::io::duplex(64 * 1024);
        let server = tokio::spawn(fault.serve(far));
        let client = fixture.mcp.client(CLIENT).timeout(Duration::from_millis(300)).serve((), near);
        let client = timeout(PATIENCE, client).await;
        assert!(client.is_ok(), "{fault:?}: no answer");
        // Who says such things of itself need not be spoken to.
        if let Ok(Ok(client)) = client {
            let listed = timeout(PATIENCE, client.list_tools(None)).await;
            listed.unwrap_or_else(|_| panic!("{fault:?}: the list takes too long")).expect("there is a list");
            for _ in 0..3 {
                let called = timeout(PATIENCE, client.call_tool(call(TOOL, &[]))).await;
                let _ = called.unwrap_or_else(|_| panic!("{fault:?}: the call takes too long"));
            }
            assert_eq!(
                fixture.metrics().total(EXECUTE, &[("server_id", CLIENT), ("tool_name", TOOL)]),
                3.0,
                "{fault:?}"
            );
            let _ = timeout(PATIENCE, client.cancel()).await.unwrap_or_else(|_| panic!("{fault:?}: no end"));
        }
        fixture.disconnected(CLIENT).await;
        server.abort();
        assert_sound(&fixture, &format!("{fault:?}"));

        let (client, _server) = fixture.joined().await;
        client.call_tool(call("echo", &[])).await.unwrap_or_else(|error| panic!("after {fault:?}: {error}"));
    }
}

#[tokio::test]
async fn after_each_hostile_client_the_server_serves_it_on_and_the_others() {
    for fault in ClientFault::ALL {
        let fixture = fixture();
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (is_alive, server) = tokio::join!(timeout(PATIENCE, fault.call(near)), async {
            let server = fixture.mcp.server(SERVER).serve(Tools, far).await.expect("the client asks");
            timeout(PATIENCE, server.waiting()).await
        });
        assert!(is_alive.unwrap_or_else(|_| panic!("{fault:?}: no answer")), "{fault:?}");
        server.unwrap_or_else(|_| panic!("{fault:?}: the server stays")).expect("it does not panic");
        fixture.disconnected(SERVER).await;
        assert_sound(&fixture, &format!("{fault:?}"));
        let metrics = fixture.metrics();
        assert!(metrics.series_count(EXECUTE) <= 4, "{fault:?}: {metrics}");

        let (client, _server) = fixture.joined().await;
        client.call_tool(call("echo", &[])).await.unwrap_or_else(|error| panic!("after {fault:?}: {error}"));
        assert_eq!(fixture.metrics().total(CONNECTIONS, &[]), 2.0, "{fault:?}");
    }
}
