//! What the settings tell clients and servers of the SDK, unless these say otherwise.

use std::time::Duration;

use opentelemetry::trace::SpanKind;
use rmcp::{ServiceError, ServiceExt as _};
use telemetry_mcp::McpSettings;
use telemetry_mcp::labels::ErrorKind;

use crate::fixture::{CLIENT, CONNECTIONS, EXECUTE, Fixture, SERVER, call};
use crate::handler::Tools;

#[tokio::test(start_paused = true)]
async fn calls_have_the_settings_time_limit() {
    let limit = Duration::from_secs(7);
    let fixture = Fixture::with(McpSettings { call_timeout: Some(limit), ..McpSettings::default() });
    let (client, server) = fixture.joined().await;
    let result = client.call_tool(call("hang", &[])).await;
    assert!(matches!(result, Err(ServiceError::Timeout { timeout }) if timeout == limit), "{result:?}");
    fixture.assert_execution(CLIENT, "hang", "timeout", Some(ErrorKind::Timeout));
    drop((client, server));

    let (near, far) = tokio::io::duplex(64 * 1024);
    let patient = fixture.mcp.client(CLIENT).timeout(None);
    let (client, server) = tokio::join!(patient.serve((), near), Tools.serve(far));
    let (client, _server) = (client.expect("the server answers"), server.expect("the client asks"));
    let waiting = tokio::time::timeout(limit * 100, client.call_tool(call("hang", &[])));
    assert!(waiting.await.is_err(), "it waits for ever");
}

#[tokio::test]
async fn servers_record_metrics_or_not_as_the_settings_say() {
    let fixture = Fixture::with(McpSettings { server_metrics: false, ..McpSettings::default() });
    let (client, _server) = fixture.joined().await;
    client.call_tool(call("echo", &[])).await.expect("it answers");
    fixture.span_of("echo", SpanKind::Server).assert_attribute("outcome", "success");
    fixture.assert_no_series(EXECUTE, &[("server_id", SERVER)]);
    fixture.assert_no_series(CONNECTIONS, &[("server_id", SERVER)]);
}

#[tokio::test]
async fn servers_remember_as_many_tools_as_the_settings_say() {
    let fixture = Fixture::with(McpSettings { max_known_tools: 2, ..McpSettings::default() });
    let (client, _server) = fixture.joined().await;
    // The handler lists echo and fail first.
    client.list_all_tools().await.expect("the server lists its tools");
    for tool in ["fail", "refuse"] {
        let _ends = client.call_tool(call(tool, &[])).await;
    }
    fixture.assert_total(EXECUTE, &[("server_id", SERVER), ("tool_name", "fail")], 1.0);
    fixture.assert_total(EXECUTE, &[("server_id", SERVER), ("tool_name", "_other")], 1.0);
}
