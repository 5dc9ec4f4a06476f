//! The metrics of the semantic conventions, on request.

use std::collections::BTreeSet;

use telemetry_core::{MeterSettings, Semconv};
use telemetry_mcp::labels::{ErrorKind, Network};
use telemetry_mcp::{CATALOGUE, Mcp, McpSettings};
use telemetry_testkit::{MetricSet, TestTelemetry};

const CLIENT: &str = "mcp.client.operation.duration";
const SERVER: &str = "mcp.server.operation.duration";
const SESSION: &str = "mcp.client.session.duration";

fn use_all(mcp: &Mcp) {
    let call = |tool| mcp.call("github", tool).network(Network::Tcp).protocol_version("2025-11-25");
    call("search").start().succeed();
    call("search").start().fail_rpc(-32602);
    call("search").start().fail(ErrorKind::Execution);
    mcp.start("github", "plain").timeout();
    mcp.call("own", "run").as_server().start().succeed();
    let connection = mcp.connection("github");
    connection.negotiated("2025-11-25");
}

fn mcp(telemetry: &TestTelemetry, semconv: Option<bool>) -> Mcp {
    let settings = McpSettings { semconv, ..McpSettings::default() };
    Mcp::with_settings(telemetry.meter(), settings).expect("sound settings")
}

fn settings(semconv: &[Semconv]) -> MeterSettings {
    MeterSettings { semconv: semconv.iter().copied().collect::<BTreeSet<_>>(), ..MeterSettings::default() }
}

fn conventions(metrics: &MetricSet) -> Vec<&str> {
    metrics.names().into_iter().filter(|name| name.contains('.')).collect()
}

#[test]
fn they_are_recorded_when_the_meters_settings_or_our_own_ask() {
    let cases: [(&[Semconv], Option<bool>, bool); 5] = [
        (&[], None, false),
        (&[Semconv::GenAi, Semconv::Http], None, false),
        (&[Semconv::Mcp], None, true),
        (&[], Some(true), true),
        (&[Semconv::Mcp], Some(false), false),
    ];
    for (set, told, expected) in cases {
        let telemetry = TestTelemetry::builder().meter_settings(settings(set)).build();
        use_all(&mcp(&telemetry, told));
        let metrics = telemetry.metrics();
        let names = conventions(&metrics);
        if expected {
            assert_eq!(names, [CLIENT, SESSION, SERVER], "{set:?} {told:?}");
        } else {
            assert!(names.is_empty(), "{set:?} {told:?}: {names:?}");
        }
        let own = CATALOGUE.metrics().filter(|own| metrics.names().contains(own.name)).count();
        assert_eq!(own, 4, "our own metrics are there either way\n{metrics}");
    }
}

#[test]
fn they_have_the_conventions_attributes_and_no_empty_one() {
    let telemetry = TestTelemetry::new();
    use_all(&mcp(&telemetry, Some(true)));
    let metrics = telemetry.metrics();
    let common = [("mcp.method.name", "tools/call"), ("gen_ai.operation.name", "execute_tool")];
    let over_http = [("network.transport", "tcp"), ("mcp.protocol.version", "2025-11-25")];
    let search = [common[0], common[1], over_http[0], over_http[1], ("gen_ai.tool.name", "search")];
    for error in ["-32602", "tool_error"] {
        let labels: Vec<_> = search.iter().copied().chain([("error.type", error)]).collect();
        assert_eq!(metrics.histogram(CLIENT, &labels).count, 1, "{metrics}");
    }
    let succeeded: Vec<_> =
        metrics.matching(CLIENT, &search).into_iter().filter(|point| point.label("error.type").is_none()).collect();
    assert_eq!(succeeded.len(), 1, "{metrics}");
    let histogram = succeeded[0].histogram().expect("it is a histogram");
    assert_eq!(histogram.bounds, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0]);

    let plain = metrics.one(CLIENT, &[("gen_ai.tool.name", "plain")]);
    assert_eq!(plain.label("error.type"), Some("timeout"));
    assert_eq!((plain.label("network.transport"), plain.label("mcp.protocol.version")), (None, None), "{metrics}");
    assert_eq!(metrics.one(SERVER, &common).label("gen_ai.tool.name"), Some("run"));
    assert_eq!(metrics.histogram(SESSION, &[over_http[1]]).count, 1);
}
