//! A process as an application sets it up: telemetry initialized once, and everything reached through what is global.
//!
//! One test in a binary of its own, because what is global is installed once in a process.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::global::get_text_map_propagator;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{
    Catalogue, Component, Errors, Family, InitError, Kind, Meter, MeterSettings, MetricDef, Namespace, Telemetry,
};
use telemetry_runtime::labels::AsyncKind;
use telemetry_runtime::{Backoff, Executions, PollState, ToolMetrics, Tools, Workflows};
use telemetry_testkit::{MetricPoint, OtlpSink};
use tokio::process::Command;

const CATALOGUES: [Catalogue; 2] = [telemetry_core::CATALOGUE, telemetry_runtime::CATALOGUE];

/// More than anything here takes.
const LONG: Duration = Duration::from_secs(30);

/// More tools than this fold into one series.
const TOOLS: usize = 4;

#[test]
fn everything_global_records_under_the_names_of_the_contract_in_the_namespace_asked_for() {
    let sink = OtlpSink::start();
    let acme = Namespace::new("acme").unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();

    // Before the telemetry is there, what is global is a no-op, and is not so for good.
    let early = Tools::global();
    early.start("early").succeed();

    let telemetry =
        Telemetry::builder("shop").endpoint(sink.endpoint()).metric_namespace(acme.clone()).prometheus_embedded();
    let telemetry = telemetry.domain(|meter: &mut MeterSettings| meter.max_label_values = TOOLS).init().unwrap();
    let tools = Tools::global();

    runtime.block_on(use_runtime(tools));
    Errors::new(&Meter::global()).record(Errors::GITHUB_RATE_LIMITED, Component::Github);
    lose_something(&sink, &telemetry);
    the_context_is_carried();
    assert!(matches!(Telemetry::builder("twice").init(), Err(InitError::AlreadyInitialized)));

    let pulled = telemetry.scraper().expect("it was asked for").text().unwrap();
    let report = telemetry.shutdown_within(LONG);
    let metrics = sink.metrics();
    assert!(report.metrics.flushed > 0, "{report}");

    let mut declared: BTreeMap<String, &MetricDef> =
        CATALOGUES.iter().flat_map(Catalogue::metrics).map(|def| (def.name_in(&acme).into_owned(), def)).collect();
    declared.remove("telemetry_certificate_expiry_timestamp_seconds").expect("of TLS, which is not used here");
    let names: BTreeSet<&str> = declared.keys().map(String::as_str).collect();
    assert_eq!(metrics.names(), names);
    assert!(names.contains("acme_errors_total") && !names.iter().any(|name| name.starts_with("agentpane")));
    for point in metrics.iter() {
        assert_as_declared(point, declared[&point.name]);
    }
    assert_pulled_as_declared(&pulled, &declared);

    metrics.assert_counter("acme_errors_total", &[("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")], 1.0);
    metrics.assert_absent("runtime_tool_execute_seconds", &[("tool_id", "early")]);
    for (tool, outcome) in [("true", "success"), ("false", "error"), ("hang", "timeout"), ("dropped", "cancelled")] {
        let labels = [("tool_id", tool), ("outcome", outcome)];
        metrics.assert_histogram_count("runtime_tool_execute_seconds", &labels, 1);
    }
    metrics.assert_histogram_count("runtime_tool_execute_seconds", &[("tool_id", "_other")], 1);
    let exit = [("status", "exit"), ("code", "1"), ("signal", "")];
    metrics.assert_counter("runtime_bun_process_exits_total", &exit, 1.0);
    metrics.assert_counter("http_exec_errors_total", &[("kind", "agent"), ("code", "503")], 1.0);
    let invalid = [("signal", "metrics"), ("reason", "invalid_value")];
    metrics.assert_counter("telemetry_dropped_total", &invalid, 1.0);
    metrics.assert_counter("telemetry_export_failures_total", &[("signal", "traces")], 1.0);

    let (spans, logs) = (sink.spans(), sink.logs());
    let tool_spans = spans.named("runtime.execute_tool");
    let of = |tool: &str| tool_spans.iter().filter(|span| span.attribute("tool_id") == Some(tool)).count();
    assert_eq!(["early", "true", "false", "hang", "dropped", "folded"].map(of), [0, 1, 1, 1, 1, 1], "{spans}");
    assert!(tool_spans.iter().all(|span| span.resource["service.name"] == "shop"));
    let polling = spans.one("workflow.wait_completion");
    assert_eq!(spans.parent_of(polling).map(|span| span.name.as_str()), Some("workflow.execute_sync"));
    assert_eq!(logs.one("ordered").span_id.as_ref(), Some(&spans.one("shop.order").span_id));
}

/// What an application does, in each of the ways that it can end.
async fn use_runtime(tools: &Tools) {
    let shell = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    };
    tools.start("true").execute(shell("echo done"), "words", LONG).await.expect("the tool succeeds");
    tools.start("false").execute(shell("exit 1"), (), LONG).await.expect_err("the tool exits with 1");
    let hanging = tools.start("hang").execute(shell("exec sleep 1000"), (), Duration::from_millis(50));
    hanging.await.expect_err("the tool hangs");
    drop(tools.start("dropped"));
    tools.start("folded").succeed();

    let (executions, workflows) = (Executions::global(), Workflows::global());
    executions.async_started(AsyncKind::Task);
    executions.start_task("t-1", "planner").succeed();
    executions.task("t-2", "planner").timeout(LONG).start().timeout();
    executions.start_agent("a-1", "review").fail(503);
    let execution = executions.start_workflow("w-1", "e-1");
    let mut polls = 0;
    let backoff = Backoff::default();
    let waiting = workflows.wait("w-1", LONG).backoff(backoff).poll(|| {
        polls += 1;
        let state = if polls < 2 { PollState::running("RUNNING") } else { PollState::Completed(polls) };
        std::future::ready::<PollState<u32, Infallible>>(state)
    });
    assert_eq!(execution.instrument(waiting).await.expect("the second poll finds it done"), 2);
    execution.succeed();

    tracing::info_span!("shop.order").in_scope(|| tracing::info!("ordered"));
}

/// A measurement that is none, and spans that the receiver does not take.
fn lose_something(sink: &OtlpSink, telemetry: &Telemetry) {
    assert!(telemetry.flush_within(LONG).is_complete());
    Family::<ToolMetrics>::new(&Meter::global()).get("true").output.record(f64::NAN);
    sink.fail_with(tonic::Code::InvalidArgument);
    drop(tracing::info_span!("shop.lost"));
    let report = telemetry.flush_within(LONG);
    assert!(!report.is_complete(), "{report}");
    sink.heal();
}

/// The global propagator and the sampling that guards ask are those of the telemetry.
fn the_context_is_carried() {
    let caller = |flags| SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::default());
    for (flags, sampled) in [(TraceFlags::SAMPLED, true), (TraceFlags::NOT_SAMPLED, false)] {
        let _caller = Context::new().with_remote_span_context(caller(flags)).attach();
        let guard = ActiveSpan::start(|| tracing::info_span!("shop.called"));
        assert_eq!(guard.is_sampled(), sampled);
        let mut headers = HashMap::new();
        get_text_map_propagator(|propagator| propagator.inject_context(&guard.context(), &mut headers));
        let header = headers.get("traceparent").map(String::as_str).unwrap_or_default();
        let trace = TraceId::from(7);
        assert!(header.starts_with(&format!("00-{trace}-")), "{header:?}");
        assert!(header.ends_with(if sampled { "-01" } else { "-00" }), "{header:?}");
    }
}

fn assert_as_declared(point: &MetricPoint, def: &MetricDef) {
    let MetricPoint { name, kind, unit, description, scope, .. } = point;
    assert_eq!((*kind, unit.as_str(), description.as_str()), (def.kind, def.unit, def.help), "{name}");
    assert_eq!(scope, def.scope, "{name}");
    let labels: BTreeSet<&str> = point.attributes.keys().map(String::as_str).collect();
    let declared: BTreeSet<&str> = def.labels().filter(|label| !label.is_detail()).map(|label| label.name).collect();
    assert_eq!(labels, declared, "{name}");
    if let Some(histogram) = point.histogram() {
        assert_eq!(histogram.bounds, def.buckets, "{name}");
    }
    assert_eq!(point.resource["service.name"], "shop", "{name}");
}

/// What Prometheus pulls has the same names, kinds, help and labels.
fn assert_pulled_as_declared(text: &str, declared: &BTreeMap<String, &MetricDef>) {
    let typed = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let typed: BTreeSet<&str> = typed.filter(|line| !line.starts_with("target_info ")).collect();
    let expected: BTreeSet<String> =
        declared.iter().map(|(name, def)| format!("{name} {}", pulled_kind(def))).collect();
    assert_eq!(typed, expected.iter().map(String::as_str).collect());
    for (name, def) in declared {
        let help = format!("# HELP {name} {}", def.help);
        assert!(text.lines().any(|line| line == help), "{help:?} is not in\n{text}");
        let series = if def.kind == Kind::Histogram { format!("{name}_count") } else { name.clone() };
        let samples = text.lines().filter_map(|line| line.strip_prefix(&series)?.strip_prefix(['{', ' ']));
        let samples: Vec<BTreeSet<&str>> = samples.map(label_names).collect();
        let labels: BTreeSet<&str> = def.labels().filter(|label| !label.is_detail()).map(|label| label.name).collect();
        assert!(!samples.is_empty() && samples.iter().all(|sample| *sample == labels), "{series} in\n{text}");
    }
}

fn pulled_kind(def: &MetricDef) -> &'static str {
    match def.kind {
        Kind::Counter => "counter",
        Kind::Histogram => "histogram",
        Kind::Gauge | Kind::UpDownCounter => "gauge",
    }
}

/// Of `a="1",b="2"} 3`, what stands between the quoted values.
fn label_names(sample: &str) -> BTreeSet<&str> {
    sample.split('"').step_by(2).filter_map(|part| part.trim_start_matches(',').strip_suffix('=')).collect()
}
