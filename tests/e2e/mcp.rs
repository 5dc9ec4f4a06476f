//! A server made with Python's MCP SDK: what its refusals are, and whether it is there.

use std::fs;
use std::net::TcpStream as Probe;
use std::process::{Command, Stdio};
use std::time::Duration;

use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use telemetry_mcp::Mcp;
use telemetry_testkit::TestTelemetry;
use telemetry_tests::program::Program;
use telemetry_tests::{Failure, poll, ports};

use crate::report::Report;
use crate::stack::Site;

/// How long Python may take to start, on a machine that is busy.
const START: Duration = Duration::from_secs(60);
/// Within which a server that is gone, or back, has to be noticed.
const NOTICED: Duration = Duration::from_secs(10);

/// The name of the server in metrics.
const SERVER: &str = "python";
const ERRORS: &str = "mcp_tool_errors_total";
const CONNECTIONS: &str = "mcp_server_connections_active";

const PROGRAM: &str = "\
import sys
from mcp.server.fastmcp import FastMCP

server = FastMCP('python', host='127.0.0.1', port=int(sys.argv[1]), stateless_http=True)


@server.tool()
def add(first: int, second: int) -> int:
    return first + second


@server.tool()
def boom() -> str:
    raise RuntimeError('on purpose')


server.run('streamable-http')
";

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let program = site.folder.join("server.py");
    fs::write(&program, PROGRAM)?;
    let [port] = ports::free()?;
    let start = || -> Result<Program, Failure> {
        let mut command = Command::new(site.tools.join("python-mcp/bin/python"));
        command.arg(&program).arg(port.to_string()).stdout(Stdio::null());
        let mut server = Program::start("python", &mut command, &site.folder)?;
        server.wait_ready(START, || Ok(Probe::connect(("127.0.0.1", port)).map(drop)?))?;
        Ok(server)
    };
    let server = start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let telemetry = TestTelemetry::new();
    let mcp = Mcp::new(telemetry.meter());
    let client = runtime.block_on(async {
        let transport = StreamableHttpClientTransport::from_uri(format!("http://127.0.0.1:{port}/mcp"));
        mcp.client(SERVER).serve((), transport).await
    })?;

    let call = |tool: &'static str| runtime.block_on(client.call_tool(CallToolRequestParams::new(tool)));
    let errors = |tool: &str, kind: &str| {
        telemetry.metrics().total(ERRORS, &[("server_id", SERVER), ("tool_name", tool), ("error_kind", kind)])
    };
    // Before the list of tools is known, the text alone tells.
    drop(call("nosuch"));
    report.check("an unknown tool is a refusal", counted(errors("nosuch", "validation")));
    drop(call("boom"));
    report.check("a tool that fails is none", counted(errors("boom", "execution")));
    drop(call("add"));
    report.check("missing arguments are a refusal", counted(errors("add", "validation")));
    runtime.block_on(client.list_all_tools())?;
    drop(call("invented"));
    report.check("a name that no list has is counted as unknown", counted(errors("_unknown", "validation")));

    let connections = |expected: f64| {
        poll::until(NOTICED, "the connection is counted as it is", || {
            match telemetry.metrics().total(CONNECTIONS, &[("server_id", SERVER)]) {
                counted if counted == expected => Ok(()),
                counted => Err(counted),
            }
        })
    };
    report.check("the connection counts", connections(1.0));
    server.kill()?;
    report.check("a server that was killed counts no longer within 10 s", connections(0.0));
    let server = start()?;
    report.check("and again once it is back", connections(1.0));
    drop(client);
    server.kill()?;
    Ok(())
}

fn counted(times: f64) -> Result<(), Failure> {
    if times == 1.0 { Ok(()) } else { Err(format!("it counted {times} times").into()) }
}
