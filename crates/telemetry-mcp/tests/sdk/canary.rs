//! No argument, no result and no message of an error leaves the process, whatever the level of its log.

use std::time::Duration;

use telemetry_core::Telemetry;
use telemetry_mcp::{Mcp, McpSettings};
use telemetry_testkit::OtlpSink;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::{CLIENT, EXECUTE, SERVER, call, propagate, text};
use crate::handler::Tools;

const ARGUMENT: &str = "canary-argument-91f3";
const NAME: &str = "canary-name-91f3";

#[test]
fn what_goes_through_the_tools_is_in_no_exported_byte() {
    propagate();
    let sink = OtlpSink::start();
    let telemetry =
        Telemetry::builder("canary").endpoint(sink.endpoint()).log_level("trace").build().expect("good settings");
    let listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(telemetry.layer()));
    let settings = McpSettings { semconv: Some(true), ..McpSettings::default() };
    let mcp = Mcp::with_settings(telemetry.meter(), settings).expect("sound settings");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(use_tools(&mcp));
    drop((runtime, listening));
    let report = telemetry.shutdown_within(Duration::from_secs(20));
    assert!(report.is_complete(), "{report:?}");

    // What has to be there, is: the search is of something.
    assert!(sink.metrics().total(EXECUTE, &[("server_id", CLIENT)]) >= 5.0);
    assert!(sink.spans().named("mcp.tool.execute").len() >= 10);
    assert!(!sink.logs().containing("MCP tool failed").is_empty());
    for canary in [ARGUMENT, NAME] {
        assert!(!sink.contains_bytes(canary), "{canary} is in\n{}", sink.dump());
    }
}

async fn use_tools(mcp: &Mcp) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (client, server) = tokio::join!(mcp.client(CLIENT).serve((), near), mcp.server(SERVER).serve(Tools, far));
    let (client, server) = (client.expect("the server answers"), server.expect("the client asks"));
    let arguments = [("text", ARGUMENT), (NAME, "x")];
    let echoed = client.call_tool(call("echo", &arguments)).await.expect("it answers");
    assert_eq!(text(&echoed), ARGUMENT, "the canary goes through");
    client.call_tool(call("fail", &arguments)).await.expect("a result that is an error");
    for tool in ["refuse", "break", "no-such-tool"] {
        client.call_tool(call(tool, &arguments)).await.expect_err("an error");
    }
    client.call_tool_within(call("hang", &arguments), Duration::from_millis(20)).await.expect_err("a timeout");
    client.cancel().await.expect("it does not panic");
    server.waiting().await.expect("it does not panic");
}
