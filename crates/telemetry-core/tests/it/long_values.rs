//! Values of labels that are too long to be names.

use telemetry_core::{Component, Counter, Errors, Family, MeterSettings, Metrics, ObservableGauge};

use crate::memory::{Memory, Series};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "test", entity(tool_id, task_id(detail)))]
struct ToolMetrics {
    /// Tool executions
    #[metric(name = "tool_runs_total")]
    runs: Counter,
}

/// What is known of one worker.
#[derive(Metrics)]
#[metrics(scope = "test", entity(worker))]
struct WorkerMetrics {
    /// What it has to do
    #[metric(name = "worker_queue")]
    queue: ObservableGauge,
}

fn memory() -> Memory {
    Memory::new(MeterSettings { detail_labels: true, ..MeterSettings::default() })
}

/// The values of `tool_id`.
fn tools(series: &Series) -> Vec<&str> {
    let values = series.keys().filter(|key| key.starts_with("tool_runs_total"));
    values.filter_map(|key| key.split_once("tool_id=\"")?.1.split('"').next()).collect()
}

fn run(tools: &Family<ToolMetrics>, tool_id: &str, task_id: &str) {
    tools.get(ToolMetricsKey { tool_id, task_id }).runs.add(1);
}

#[test]
fn a_value_is_folded_from_257_bytes_on_and_one_that_is_registered_from_1025() {
    for (bytes, registered, folded) in [
        (256, false, false),
        (257, false, true),
        (5_000, false, true),
        (257, true, false),
        (1_024, true, false),
        (1_025, true, true),
    ] {
        let memory = memory();
        let family = Family::<ToolMetrics>::new(&memory.meter);
        let name = "n".repeat(bytes);
        if registered {
            family.register(ToolMetricsKey { tool_id: &name, task_id: "" });
        }
        run(&family, &name, "");
        let series = memory.series();
        let expected = if folded { "_other" } else { &name };
        assert_eq!(tools(&series), [expected], "{bytes} bytes, registered: {registered}");
        let overflow = series.get(r#"telemetry_series_overflow_total{metric="tool_runs_total"}"#);
        assert_eq!(overflow.is_some(), folded, "{series:?}");
    }
}

#[test]
fn a_label_that_is_too_long_leaves_the_others_as_they_are() {
    let memory = memory();
    let family = Family::<ToolMetrics>::new(&memory.meter);
    run(&family, "git-diff", &"t".repeat(300));
    Errors::new(&memory.meter).record(&"E".repeat(300), Component::Api);
    let series = memory.series();
    assert_eq!(series[r#"tool_runs_total{task_id="_other",tool_id="git-diff"}"#], 1.0, "{series:?}");
    assert_eq!(series[r#"agentpane_errors_total{component="api",error_code="_other"}"#], 1.0, "{series:?}");
}

#[test]
fn what_differs_behind_a_bound_differs() {
    let memory = memory();
    let family = Family::<ToolMetrics>::new(&memory.meter);
    let long = "l".repeat(1_024);
    family.register(ToolMetricsKey { tool_id: &long, task_id: "" });
    run(&family, &long, "");
    // The beginning of both is the same.
    run(&family, &format!("{long}, and more"), "");
    let series = memory.series();
    assert_eq!(tools(&series), ["_other", &long]);
    assert!(family.entity(ToolMetricsKey { tool_id: &format!("{long}!"), task_id: "" }).is_folded());
}

#[test]
fn a_live_entity_with_a_name_that_is_none_is_left_out() {
    let memory = memory();
    let workers = Family::<WorkerMetrics>::new(&memory.meter);
    let (long, short) = (workers.live(&"w".repeat(257)), workers.live("w"));
    for worker in [&long, &short] {
        worker.queue.set(3.0);
    }
    let series = memory.series();
    let queues: Vec<_> = series.keys().filter(|key| key.starts_with("worker_queue")).collect();
    assert_eq!(queues, [r#"worker_queue{worker="w"}"#]);
    assert_eq!(series[r#"telemetry_dropped_total{reason="live_label_too_long",signal="metrics"}"#], 1.0);
}

#[test]
fn what_is_kept_of_a_long_name_is_no_name() {
    let memory = memory();
    let family = Family::<ToolMetrics>::new(&memory.meter);
    let long = "l".repeat(5_000);
    let named = family.entity(ToolMetricsKey { tool_id: &long, task_id: "" });
    // As by a guard that keeps the one entity to name another by.
    run(&family, named.label(&family, 0), "");
    assert_eq!(tools(&memory.series()), ["_other"]);
}
