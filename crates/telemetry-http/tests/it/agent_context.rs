//! The trace handed to an agent's process and SDK.

use std::process::Command;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use telemetry_core::Namespace;
use telemetry_core::trace::{ActiveSpan, Sampling};
use telemetry_http::AgentContext;

use crate::fixture::Fixture;

/// Set in the child that [`a_child_process_goes_on_with_the_trace`] starts of itself.
const CHILD: &str = "TEST_IS_CHILD";

#[test]
fn headers_and_variables_name_the_span() {
    for (sampling, flags) in [(Sampling::AlwaysOn, "03"), (Sampling::AlwaysOff, "02")] {
        let _fixture = Fixture::sampling(sampling);
        let span = ActiveSpan::start(|| tracing::info_span!("agent.run"));
        let context = span.in_scope(AgentContext::current);
        let trace = span.context();
        let (trace_id, span_id) =
            (trace.span().span_context().trace_id().to_string(), trace.span().span_context().span_id().to_string());
        let parent = format!("00-{trace_id}-{span_id}-{flags}");

        let headers = context.headers();
        let expected =
            [("traceparent", &parent), ("x-agentpane-trace-id", &trace_id), ("x-agentpane-span-id", &span_id)];
        for (name, value) in expected {
            assert_eq!(headers.get(name).and_then(|value| value.to_str().ok()), Some(value.as_str()), "{name}");
        }
        assert_eq!(headers.len(), 3);

        let mut environment = context.environment();
        environment.sort();
        let expected = [("AGENTPANE_SPAN_ID", span_id), ("AGENTPANE_TRACE_ID", trace_id), ("TRACEPARENT", parent)];
        assert_eq!(environment, expected.map(|(name, value)| (name.to_owned(), value)));
    }
}

#[test]
fn names_follow_the_namespace() {
    let _fixture = Fixture::new();
    let span = ActiveSpan::start(|| tracing::info_span!("agent.run"));
    let namespace = Namespace::new("acme_labs").expect("it is a namespace");
    let context = AgentContext::of(&span.context()).namespace(namespace);
    assert!(context.headers().contains_key("x-acme-labs-trace-id"));
    assert!(context.environment().iter().any(|(name, _)| name == "ACME_LABS_SPAN_ID"));
}

#[test]
fn the_state_goes_along_and_baggage_does_not() {
    use telemetry_core::propagation::{StrictPropagator, extract_with};

    let mut received = http::HeaderMap::new();
    let lines = [
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("tracestate", "a=1,b@c@d=2"),
        ("baggage", "user=hidden"),
    ];
    for (name, value) in lines {
        received.insert(name, value.parse().expect("it is text"));
    }
    let context = AgentContext::of(&extract_with(&StrictPropagator::default(), &received));
    assert_eq!(context.headers()["tracestate"], "a=1,b@c@d=2");
    assert!(context.headers().get("baggage").is_none());
    assert!(context.environment().contains(&("TRACESTATE".to_owned(), "a=1,b@c@d=2".to_owned())));
}

#[test]
fn without_a_trace_there_is_nothing() {
    let context = AgentContext::of(&Context::new());
    assert!(context.headers().is_empty() && context.environment().is_empty());
}

#[test]
fn a_child_process_goes_on_with_the_trace() {
    if std::env::var_os(CHILD).is_some() {
        let inherited = AgentContext::inherited();
        println!("inherited {}", inherited.span().span_context().trace_id());
        return;
    }
    let _fixture = Fixture::new();
    let span = ActiveSpan::start(|| tracing::info_span!("agent.run"));
    let mut child = Command::new(std::env::current_exe().expect("a test knows its program"));
    child.args(["--exact", "--nocapture", "agent_context::a_child_process_goes_on_with_the_trace"]).env(CHILD, "1");
    let output = child.envs(AgentContext::of(&span.context()).environment()).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let trace_id = span.context().span().span_context().trace_id();
    assert!(said.contains(&format!("inherited {trace_id}")), "{said}");
}
