//! What a call allocates, in a program of its own: nothing else may allocate meanwhile.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceState};
use telemetry_core::trace::{Sampling, scoped};
use telemetry_mcp::labels::{ErrorKind, Network};
use telemetry_mcp::{Mcp, McpSettings};
use telemetry_testkit::TestTelemetry;

#[test]
fn a_known_call_without_its_span_allocates_nothing() {
    for semconv in [false, true] {
        let telemetry = TestTelemetry::new();
        let settings = McpSettings { semconv: Some(semconv), ..McpSettings::default() };
        let mcp = Mcp::with_settings(telemetry.meter(), settings).expect("sound settings");
        let calls = || {
            let call = || mcp.call("github", "search").network(Network::Tcp).protocol_version("2025-11-25");
            call().start().succeed();
            call().start().fail(ErrorKind::Execution);
            call().as_server().start().fail_rpc(-32602);
            drop(call().start());
            mcp.lookup().hit();
            drop(mcp.connection("github"));
        };
        let counted = || {
            calls();
            allocation_counter::measure(|| (0..100).for_each(|_| calls())).count_total
        };
        assert_eq!(counted(), 0, "without a subscriber, semconv: {semconv}");

        // As it is in a request that its caller does not sample.
        let parent =
            SpanContext::new(1_u128.into(), 1_u64.into(), TraceFlags::NOT_SAMPLED, true, TraceState::default());
        let _entered = telemetry.enter();
        let _sampling = scoped(Sampling::ParentBasedAlwaysOff);
        let request = Context::new().with_remote_span_context(parent).attach();
        tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            assert!(!mcp.start("github", "search").span().is_sampled());
            assert_eq!(counted(), 0, "not sampled, semconv: {semconv}");
        });
        drop(request);
        assert!(telemetry.metrics().total("mcp_tool_errors_total", &[]) > 0.0);
    }
}

#[test]
fn what_a_peer_makes_up_leaves_nothing_behind() {
    let telemetry = TestTelemetry::new();
    let settings = McpSettings { semconv: Some(true), ..McpSettings::default() };
    let mcp = Mcp::with_settings(telemetry.meter(), settings).expect("sound settings");
    let listed = |numbers: std::ops::Range<usize>, bytes: usize| {
        let names: Vec<_> = numbers.map(|number| format!("{number:08}{}", "n".repeat(bytes))).collect();
        allocation_counter::measure(|| {
            mcp.list_tools("github", names.iter().map(String::as_str));
            for name in &names {
                mcp.call("github", name).protocol_version(name).request_id(name).start().fail_rpc(-32602);
                mcp.call(name, "search").as_server().start().succeed();
                let connection = mcp.connection(name);
                connection.negotiated(name);
            }
        })
        .bytes_current
    };
    // The instruments, once.
    listed(0..10, 500_000);
    assert_eq!(listed(10..50, 500_000), 0, "names that are none");
    // A thousand are known of a server, each of which has its instruments.
    let of_names = listed(0..5_000, 200);
    assert!(of_names < 8 * 1024 * 1024, "{of_names} bytes for as many tools as are remembered");
    let again = listed(5_000..50_000, 200);
    assert!(again < 64 * 1024, "{again} bytes for 45,000 more");
}
