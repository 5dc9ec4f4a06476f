//! What typed recording makes of a declaration.

use std::collections::BTreeMap;
use std::sync::Arc;

use telemetry_core::{
    Component, Counter, Errors, Family, Gauge, Histogram, Kind, Label, LabelValues, Meter, MeterSettings, Metrics,
    Namespace, SettingsError, Single, UpDownCounter,
};

use crate::memory::{Memory, Series};

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
enum Outcome {
    Success,
    RateLimited,
    #[label(value = "5xx")]
    ServerError,
}

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "kind")]
enum Execution {
    Task,
    Agent,
}

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "test", entity(tool_id))]
struct ToolMetrics {
    /// Latency of tool executions
    #[metric(name = "tool_execute_seconds", unit = "s", buckets = [0.1, 1.0, 10.0])]
    execute: Histogram<Outcome>,
    /// Tool executions by kind and outcome
    #[metric(name = "tool_runs_total")]
    runs: Counter<(Execution, Outcome)>,
    /// Cost of the tool
    #[metric(name = "tool_cost_usd_total")]
    cost: Counter<(), f64>,
    /// Open handles
    #[metric(name = "tool_handles")]
    handles: UpDownCounter,
    /// Temperature
    #[metric(name = "agentpane_tool_temperature")]
    temperature: Gauge,
}

/// What is measured of one model of a provider.
#[derive(Metrics)]
#[metrics(scope = "test", entity(provider, model, task_id(detail)))]
struct ModelMetrics {
    /// Calls
    #[metric(name = "model_calls_total")]
    calls: Counter,
}

/// What is measured of the process.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
struct ProcessMetrics {
    /// Starts
    #[metric(name = "starts_total")]
    starts: Counter,
}

fn series<const N: usize>(expected: [(&str, f64); N]) -> Series {
    expected.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn one_label(max_label_values: usize) -> MeterSettings {
    MeterSettings { max_label_values, ..MeterSettings::default() }
}

#[test]
fn a_declaration_is_data() {
    let [execute, runs, cost, ..] = ToolMetrics::CATALOGUE else { panic!("five metrics") };
    assert_eq!((execute.name, execute.unit, execute.kind), ("tool_execute_seconds", "s", Kind::Histogram));
    assert_eq!(execute.help, "Latency of tool executions");
    assert_eq!(execute.buckets, [0.1, 1.0, 10.0]);
    assert_eq!(execute.crate_name, "telemetry-core");
    let labels: Vec<_> = runs.labels().map(|label| (label.name, label.values)).collect();
    assert_eq!(
        labels,
        [
            ("tool_id", LabelValues::Text),
            ("kind", LabelValues::Closed(&["task", "agent"])),
            ("outcome", LabelValues::Closed(&["success", "rate_limited", "5xx"])),
        ]
    );
    assert_eq!(cost.kind, Kind::Counter);
}

#[test]
fn every_instrument_records_under_its_labels() {
    let memory = Memory::new(MeterSettings::default());
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    let tool = tools.get("git-diff");
    tool.execute.at(Outcome::Success).record(0.5);
    tool.execute.at(Outcome::Success).record(2.0);
    tool.runs.at((Execution::Agent, Outcome::ServerError)).add(3);
    tool.cost.add(0.25);
    tool.handles.add(2);
    tool.handles.add(-1);
    tool.temperature.set(36.6);
    assert_eq!(
        memory.series(),
        series([
            (r#"tool_execute_seconds_count{outcome="success",tool_id="git-diff"}"#, 2.0),
            (r#"tool_execute_seconds_sum{outcome="success",tool_id="git-diff"}"#, 2.5),
            (r#"tool_runs_total{kind="agent",outcome="5xx",tool_id="git-diff"}"#, 3.0),
            (r#"tool_cost_usd_total{tool_id="git-diff"}"#, 0.25),
            (r#"tool_handles{tool_id="git-diff"}"#, 1.0),
            (r#"agentpane_tool_temperature{tool_id="git-diff"}"#, 36.6),
        ])
    );
}

#[test]
fn the_same_entity_is_the_same_bundle() {
    let memory = Memory::new(MeterSettings::default());
    let (one, two) = (Family::<ToolMetrics>::new(&memory.meter), Family::<ToolMetrics>::new(&memory.meter));
    assert!(Arc::ptr_eq(one.get("a"), two.get("a")));
    assert!(!Arc::ptr_eq(one.get("a"), two.get("b")));
}

#[test]
fn many_entities_stay_apart() {
    let settings = MeterSettings { max_label_values: 2_000, ..MeterSettings::default() };
    let memory = Memory::new(settings);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    for round in 1..=2 {
        for i in 0..2_000 {
            tools.get(&format!("tool-{i}")).handles.add(round * i);
        }
    }
    let series = memory.series();
    assert_eq!(series.len(), 2_000);
    for i in 0..2_000 {
        assert_eq!(series[&format!(r#"tool_handles{{tool_id="tool-{i}"}}"#)], f64::from(3 * i));
    }
}

#[test]
fn unsound_values_are_dropped_and_counted() {
    let memory = Memory::new(MeterSettings::default());
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    let tool = tools.get("t");
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
        tool.execute.at(Outcome::Success).record(bad);
        tool.cost.add(bad);
    }
    tool.temperature.set(f64::NAN);
    tool.temperature.set(-40.0);
    assert_eq!(
        memory.series(),
        series([
            (r#"agentpane_tool_temperature{tool_id="t"}"#, -40.0),
            (r#"telemetry_dropped_total{reason="invalid_value",signal="metrics"}"#, 9.0),
        ])
    );
}

#[test]
fn a_full_label_folds_and_keeps_the_others() {
    let memory = Memory::new(one_label(2));
    let models = Family::<ModelMetrics>::new(&memory.meter);
    for model in ["a", "b", "c", "d", "a", "c"] {
        models.get(ModelMetricsKey { provider: "openai", model, task_id: "1" }).calls.add(1);
    }
    models.get(ModelMetricsKey { provider: "anthropic", model: "e", task_id: "2" }).calls.add(1);
    assert_eq!(
        memory.series(),
        series([
            (r#"model_calls_total{model="a",provider="openai"}"#, 2.0),
            (r#"model_calls_total{model="b",provider="openai"}"#, 1.0),
            (r#"model_calls_total{model="_other",provider="openai"}"#, 3.0),
            (r#"model_calls_total{model="_other",provider="anthropic"}"#, 1.0),
            (r#"telemetry_series_overflow_total{metric="model_calls_total"}"#, 4.0),
        ])
    );
}

#[test]
fn the_process_limit_folds_new_entities() {
    let memory = Memory::new(MeterSettings { max_series: 3, ..MeterSettings::default() });
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    for i in 0..6 {
        tools.get(&format!("t{i}")).runs.at((Execution::Task, Outcome::Success)).add(1);
    }
    let series = memory.series();
    assert_eq!(series[r#"tool_runs_total{kind="task",outcome="success",tool_id="t2"}"#], 1.0);
    assert_eq!(series[r#"tool_runs_total{kind="task",outcome="success",tool_id="_other"}"#], 3.0);
    assert_eq!(series[r#"telemetry_series_overflow_total{metric="tool_runs_total"}"#], 3.0);
    assert_eq!(series.len(), 5);
}

#[test]
fn detail_labels_are_recorded_when_asked_for() {
    let memory = Memory::new(MeterSettings { detail_labels: true, ..MeterSettings::default() });
    let models = Family::<ModelMetrics>::new(&memory.meter);
    models.get(ModelMetricsKey { provider: "p", model: "m", task_id: "7" }).calls.add(1);
    assert_eq!(memory.series(), series([(r#"model_calls_total{model="m",provider="p",task_id="7"}"#, 1.0)]));
}

#[test]
fn the_namespace_is_followed() {
    let namespace = Namespace::new("acme").unwrap();
    let memory = Memory::new(MeterSettings { namespace, ..MeterSettings::default() });
    Errors::new(&memory.meter).record(Errors::GITHUB_RATE_LIMITED, Component::Github);
    Family::<ToolMetrics>::new(&memory.meter).get("t").handles.add(1);
    assert_eq!(
        memory.series(),
        series([
            (r#"acme_errors_total{component="github",error_code="GITHUB_RATE_LIMITED"}"#, 1.0),
            (r#"tool_handles{tool_id="t"}"#, 1.0),
        ])
    );
}

#[test]
fn buckets_are_the_declared_ones_unless_overridden() {
    let memory = Memory::new(MeterSettings::default());
    Family::<ToolMetrics>::new(&memory.meter).get("t").execute.at(Outcome::Success).record(1.0);
    assert_eq!(memory.bounds("tool_execute_seconds"), [0.1, 1.0, 10.0]);

    let buckets = BTreeMap::from([("tool_execute_seconds".to_owned(), vec![5.0, 50.0])]);
    let memory = Memory::new(MeterSettings { buckets, ..MeterSettings::default() });
    Family::<ToolMetrics>::new(&memory.meter).get("t").execute.at(Outcome::Success).record(1.0);
    assert_eq!(memory.bounds("tool_execute_seconds"), [5.0, 50.0]);
}

#[test]
fn bad_settings_are_named() {
    let falling = BTreeMap::from([("x".to_owned(), vec![2.0, 1.0])]);
    let cases = [
        (
            MeterSettings { max_label_values: 0, ..MeterSettings::default() },
            "metrics.max_label_values: 0 is not accepted",
        ),
        (
            MeterSettings { max_series: 2_000_000, ..MeterSettings::default() },
            "accepted is a whole number from 1 to 1000000",
        ),
        (MeterSettings { buckets: falling, ..MeterSettings::default() }, "metrics.buckets: x=2,1 is not accepted"),
    ];
    for (settings, said) in cases {
        let error: SettingsError = settings.validate().unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    for bad in ["", "Acme", "1st", "a__b", "a-b", "a_"] {
        let error = Namespace::new(bad).unwrap_err();
        assert!(error.to_string().contains(&format!("{bad:?}")), "{error}");
    }
}

#[test]
fn without_a_meter_every_call_is_a_no_op() {
    let tools = Family::<ToolMetrics>::new(&Meter::noop());
    tools.get("t").execute.at(Outcome::Success).record(1.0);
    Single::<ProcessMetrics>::new(&Meter::noop()).starts.add(1);
}

#[test]
fn a_single_group_needs_no_entity() {
    let memory = Memory::new(MeterSettings::default());
    let process = Single::<ProcessMetrics>::new(&memory.meter);
    process.starts.add(1);
    process.clone().starts.add(1);
    assert_eq!(memory.series(), series([("starts_total{}", 2.0)]));
}

#[test]
fn handles_outlive_the_meter_that_made_them() {
    let memory = Memory::new(MeterSettings::default());
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    let Memory { meter, .. } = &memory;
    let tool = Arc::clone(tools.get("t"));
    drop((meter.clone(), tools));
    tool.handles.add(1);
    assert_eq!(memory.series()[r#"tool_handles{tool_id="t"}"#], 1.0);
}

#[test]
fn sums_are_exact_however_they_are_collected() {
    let memory = Memory::new(MeterSettings::default());
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    let tool = tools.get("t");
                    tool.runs.at((Execution::Task, Outcome::Success)).add(2);
                    tool.handles.add(3);
                    tool.handles.add(-4);
                }
            });
        }
        for _ in 0..20 {
            let _ = memory.series();
        }
    });
    let expected = series([
        (r#"tool_runs_total{kind="task",outcome="success",tool_id="t"}"#, 8_000.0),
        (r#"tool_handles{tool_id="t"}"#, -4_000.0),
    ]);
    assert_eq!(memory.series(), expected);
    assert_eq!(memory.series(), expected, "nothing is handed over twice");
}

#[test]
fn a_sum_that_is_zero_is_a_series() {
    let memory = Memory::new(MeterSettings::default());
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    tools.get("t").handles.add(1);
    tools.get("t").handles.add(-1);
    assert_eq!(memory.series(), series([(r#"tool_handles{tool_id="t"}"#, 0.0)]));
}

#[test]
fn what_was_added_survives_its_meter() {
    let memory = Memory::new(MeterSettings::default());
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    tools.get("t").handles.add(5);
    drop(tools);
    assert_eq!(memory.into_series(), series([(r#"tool_handles{tool_id="t"}"#, 5.0)]));
}
