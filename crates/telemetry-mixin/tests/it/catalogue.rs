//! Metrics to check against: the runtime domain's shapes, and one gauge of the platform's own.

use telemetry_core::{Catalogue, Kind, LabelDef, LabelValues, MetricDef};

const TOOL: &[LabelDef] = &[LabelDef::text("tool_id")];
const OUTCOME: LabelDef = LabelDef::closed("outcome", &["success", "error", "timeout", "cancelled"]);
const KIND: LabelDef = LabelDef::closed("kind", &["task", "agent", "workflow"]);

const fn metric(name: &'static str, kind: Kind, entity: &'static [LabelDef], closed: &'static [LabelDef]) -> MetricDef {
    MetricDef {
        name,
        kind,
        unit: "",
        help: "What a test needs",
        entity,
        closed,
        buckets: &[],
        crate_name: "telemetry-demo",
        scope: "demo",
        observable: false,
    }
}

pub(crate) const METRICS: &[MetricDef] = &[
    MetricDef {
        unit: "s",
        help: "Latency of runtime tool executions from start to completion",
        buckets: &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0],
        ..metric("runtime_tool_execute_seconds", Kind::Histogram, TOOL, &[OUTCOME])
    }
    .checked(),
    metric(
        "runtime_tool_errors_total",
        Kind::Counter,
        TOOL,
        &[LabelDef::closed("error_kind", &["start", "stdin", "stdout", "stderr", "wait", "parse", "timeout"])],
    )
    .checked(),
    metric("runtime_tool_timeouts_total", Kind::Counter, TOOL, &[]).checked(),
    metric("http_exec_started_total", Kind::Counter, &[], &[LabelDef::closed("kind", &["task", "agent"])]).checked(),
    MetricDef {
        unit: "s",
        buckets: &[0.1, 1.0, 300.0],
        ..metric("http_exec_sync_latency_seconds", Kind::Histogram, &[], &[KIND, OUTCOME])
    }
    .checked(),
    metric(
        "http_exec_errors_total",
        Kind::Counter,
        &[LabelDef { name: "code", values: LabelValues::Described("HTTP status code"), max_values: None }],
        &[KIND],
    )
    .checked(),
    metric("agentpane_queue_depth", Kind::Gauge, &[LabelDef::text("project_id")], &[]).checked(),
    metric("mcp_server_connections_active", Kind::UpDownCounter, &[LabelDef::text("server_id")], &[]).checked(),
];

pub(crate) const CATALOGUE: Catalogue = Catalogue::new("telemetry-demo", &[METRICS]);
