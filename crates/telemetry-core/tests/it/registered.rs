//! What is registered keeps its series, whatever else there is.

use telemetry_core::{
    Component, Counter, Errors, Family, Histogram, Label, Meter, MeterSettings, Metrics, UpDownCounter,
};

use crate::memory::{Memory, Series};

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
enum Outcome {
    Success,
    Error,
}

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "test", entity(tool_id))]
struct ToolMetrics {
    /// Latency of tool executions
    #[metric(name = "tool_execute_seconds", unit = "s", buckets = [0.1, 1.0, 10.0])]
    execute: Histogram<Outcome>,
    /// Tool executions
    #[metric(name = "tool_runs_total")]
    runs: Counter<Outcome>,
    /// Open handles
    #[metric(name = "tool_handles")]
    handles: UpDownCounter,
}

/// What is measured of one model of a provider.
#[derive(Metrics)]
#[metrics(scope = "test", entity(provider, model))]
struct ModelMetrics {
    /// Calls
    #[metric(name = "model_calls_total")]
    calls: Counter,
}

fn small(max_label_values: usize, max_series: usize) -> Memory {
    Memory::new(MeterSettings { max_label_values, max_series, ..MeterSettings::default() })
}

fn runs(series: &Series, tool: &str) -> f64 {
    series.get(&format!("tool_runs_total{{outcome=\"success\",tool_id={tool:?}}}")).copied().unwrap_or_default()
}

fn run(tools: &Family<ToolMetrics>, tool: &str) {
    let tool = tools.get(tool);
    tool.runs.at(Outcome::Success).add(1);
    tool.execute.at(Outcome::Success).record(0.2);
}

#[test]
fn a_registered_value_is_never_folded_whenever_it_comes() {
    let memory = small(3, 10_000);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    tools.register("early");
    for number in 0..10_000 {
        run(&tools, &format!("invented-{number}"));
    }
    // Folded, as long as nobody knows it.
    run(&tools, "late");
    tools.register("late");
    for tool in ["early", "late", "unregistered"] {
        run(&tools, tool);
    }
    let series = memory.series();
    assert_eq!((runs(&series, "early"), runs(&series, "late")), (1.0, 1.0));
    assert_eq!(series[r#"tool_execute_seconds_count{outcome="success",tool_id="late"}"#], 1.0);
    assert_eq!(runs(&series, "unregistered"), 0.0);
    // Those that are registered have taken no room from the others.
    assert_eq!(runs(&series, "invented-2"), 1.0);
    assert_eq!(runs(&series, "_other"), 10_000.0 - 3.0 + 2.0);
}

#[test]
fn a_registered_entity_has_room_where_the_process_has_none_left() {
    let memory = small(10_000, 6);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    for number in 0..1_000 {
        run(&tools, &format!("invented-{number}"));
    }
    run(&tools, "late");
    tools.register("late");
    run(&tools, "late");
    let series = memory.series();
    assert_eq!(runs(&series, "late"), 1.0, "{series:?}");
    assert_eq!(series[r#"tool_execute_seconds_count{outcome="success",tool_id="late"}"#], 1.0);
    assert_eq!(runs(&series, "_other"), 1_000.0 - 3.0 + 1.0);
    assert!(!series.keys().any(|key| key.contains("overflow=")), "the SDK folds nothing by itself: {series:?}");
}

#[test]
fn registered_entities_have_a_limit_too() {
    let settings = MeterSettings { max_label_values: 10, max_series: 4, registered_zeros: false, ..Default::default() };
    let memory = Memory::new(settings);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    for number in 0..100 {
        tools.register(&format!("t{number}"));
        run(&tools, &format!("t{number}"));
    }
    let series = memory.series();
    assert_eq!(series.keys().filter(|key| key.starts_with("tool_runs_total")).count(), 3, "{series:?}");
    assert_eq!(runs(&series, "_other"), 98.0);
}

#[test]
fn an_entity_is_registered_when_each_of_its_labels_is() {
    let memory = small(10, 2);
    let models = Family::<ModelMetrics>::new(&memory.meter);
    let call = |provider, model| models.get(ModelMetricsKey { provider, model }).calls.add(1);
    models.register(ModelMetricsKey { provider: "openai", model: "gpt-4o" });
    models.register(ModelMetricsKey { provider: "", model: "shared" });
    for model in ["a", "b", "c", "gpt-4o"] {
        call("openai", model);
    }
    call("openai", "shared");
    call("nobody", "shared");
    let series = memory.series();
    for (key, expected) in [
        (r#"model_calls_total{model="gpt-4o",provider="openai"}"#, Some(1.0)),
        (r#"model_calls_total{model="shared",provider="openai"}"#, Some(1.0)),
        (r#"model_calls_total{model="a",provider="openai"}"#, Some(1.0)),
        (r#"model_calls_total{model="c",provider="openai"}"#, None),
        (r#"model_calls_total{model="shared",provider="nobody"}"#, None),
        // The process's limit folds a whole entity.
        (r#"model_calls_total{model="_other",provider="_other"}"#, Some(2.0)),
    ] {
        assert_eq!(series.get(key).copied(), expected, "{key}: {series:?}");
    }
}

#[test]
fn what_was_counted_up_while_there_was_no_room_is_counted_down_there() {
    let memory = small(10, 1);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    tools.get("first").handles.add(1);
    tools.get("late").handles.add(1);
    tools.register("late");
    tools.get("late").handles.add(-1);
    let series = memory.series();
    assert_eq!(series[r#"tool_handles{tool_id="_other"}"#], 0.0, "{series:?}");
    assert_eq!(series.get(r#"tool_handles{tool_id="late"}"#), None);
}

#[test]
fn a_name_that_is_folded_says_so_until_it_is_registered() {
    let memory = small(1, 10);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    assert!(!tools.entity("first").is_folded());
    let folded = tools.entity("second");
    assert!(folded.is_folded());
    assert_eq!(folded.label(&tools, 0), "second");
    tools.register("second");
    assert!(!tools.entity("second").is_folded());
    assert_eq!(tools.entity("second").label(&tools, 0), "second");
}

#[test]
fn error_codes_of_the_catalogue_are_registered_and_the_applications_own_can_be() {
    let memory = small(2, 10);
    let errors = Errors::new(&memory.meter);
    for number in 0..100 {
        errors.record(&format!("E{number}"), Component::Api);
    }
    errors.register("BUDGET_EXCEEDED");
    for code in [Errors::GITHUB_RATE_LIMITED, "BUDGET_EXCEEDED", "E100"] {
        errors.record(code, Component::Github);
    }
    let series = memory.series();
    for code in [Errors::GITHUB_RATE_LIMITED, "BUDGET_EXCEEDED", "_other"] {
        let key = format!("agentpane_errors_total{{component=\"github\",error_code={code:?}}}");
        assert_eq!(series.get(&key), Some(&1.0), "{key}: {series:?}");
    }
}

#[test]
fn without_a_meter_registering_does_nothing() {
    let tools = Family::<ToolMetrics>::new(&Meter::noop());
    tools.register("a");
    run(&tools, "a");
    // Before the global meter is there, too.
    Family::<ToolMetrics>::new(&Meter::global()).register("b");
}

#[test]
fn what_a_domain_keeps_beside_its_families_is_one_for_a_meter_while_somebody_holds_it() {
    let memory = small(10, 10);
    let first = memory.meter.one(|| 1_u32);
    assert_eq!(*memory.meter.one(|| 2_u32), 1);
    assert_eq!(*small(10, 10).meter.one(|| 3_u32), 3);
    drop(first);
    assert_eq!(*memory.meter.one(|| 4_u32), 4);
    assert_eq!(*Meter::noop().one(|| 5_u32), 5);
}

fn counters(memory: &Memory) -> Vec<(String, f64)> {
    memory.series().into_iter().filter(|(key, _)| key.contains("_total")).collect()
}

#[test]
fn counters_of_what_is_registered_begin_at_zero() {
    let memory = small(10, 100);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    tools.register("git-diff");
    tools.vouch("listed");
    let models = Family::<ModelMetrics>::new(&memory.meter);
    models.register(ModelMetricsKey { provider: "openai", model: "" });
    models.register(ModelMetricsKey { provider: "openai", model: "gpt-4o" });
    let zeros = [
        r#"model_calls_total{model="gpt-4o",provider="openai"}"#,
        r#"tool_runs_total{outcome="error",tool_id="git-diff"}"#,
        r#"tool_runs_total{outcome="success",tool_id="git-diff"}"#,
    ];
    assert_eq!(memory.series(), zeros.map(|key| (key.to_owned(), 0.0)).into(), "counters of whole keys, and no others");
    run(&tools, "git-diff");
    tools.register("git-diff");
    assert_eq!(runs(&memory.series(), "git-diff"), 1.0, "what was counted stays");
}

#[test]
fn zeros_leave_half_of_the_room_to_what_is_recorded() {
    let memory = small(10, 10);
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    for number in 0..100 {
        tools.register(&format!("t{number}"));
    }
    assert_eq!(counters(&memory).len(), 5);
    run(&tools, "t99");
    assert_eq!(runs(&memory.series(), "t99"), 1.0);
}

#[test]
fn zeros_are_a_setting() {
    let memory = Memory::new(MeterSettings { registered_zeros: false, ..MeterSettings::default() });
    Family::<ToolMetrics>::new(&memory.meter).register("git-diff");
    assert_eq!(counters(&memory), []);
}
