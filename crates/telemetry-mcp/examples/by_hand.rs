//! A client of MCP that the application has written itself: its calls, its connection and its registry of tools.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::collections::BTreeMap;

use telemetry_mcp::Mcp;
use telemetry_mcp::labels::{ErrorKind, Network};
use telemetry_testkit::TestTelemetry;

/// How a server answers, as JSON-RPC has it.
enum Answer {
    Result { is_error: bool },
    Error { code: i32 },
    ConnectionLost,
}

/// Stands for a request and its answer.
async fn send(tool: &str) -> Answer {
    match tool {
        "search_issues" => Answer::Result { is_error: false },
        "close_issue" => Answer::Result { is_error: true },
        "no_such_tool" => Answer::Error { code: -32602 },
        _ => Answer::ConnectionLost,
    }
}

async fn call(mcp: &Mcp, tool: &str) {
    let call = mcp.call("github", tool).network(Network::Pipe).arg_count(1).start();
    match call.instrument(send(tool)).await {
        Answer::Result { is_error: false } => call.succeed(),
        Answer::Result { is_error: true } => call.fail(ErrorKind::Execution),
        Answer::Error { code } => call.fail_rpc(code),
        Answer::ConnectionLost => call.fail(ErrorKind::Connection),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let telemetry = TestTelemetry::entered();
    // In an application: `Mcp::global()`, once `Telemetry` is there.
    let mcp = Mcp::new(telemetry.meter());

    let registry = BTreeMap::from([("search_issues", 1), ("close_issue", 2)]);
    let connection = mcp.connection("github");
    for tool in ["search_issues", "close_issue", "no_such_tool", "reboot"] {
        let known = mcp.look_up(|| registry.get(tool)).is_some();
        println!("{tool}: {}", if known { "in the registry" } else { "asked for all the same" });
        call(&mcp, tool).await;
    }
    drop(connection);

    println!("\n{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
}
