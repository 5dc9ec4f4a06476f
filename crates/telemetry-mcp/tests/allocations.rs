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
