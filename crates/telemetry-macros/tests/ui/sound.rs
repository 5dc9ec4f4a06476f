//! A declaration that breaks no rule.

use telemetry_core::{
    Counter, Family, Gauge, Histogram, Label, Meter, Metrics, ObservableGauge, Single, UpDownCounter,
};

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
enum Outcome {
    Success,
    #[label(value = "5xx")]
    ServerError,
}

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "kind")]
enum Kind {
    Task,
}

/// What is measured of one model, with as many labels as there may be.
#[derive(Metrics)]
#[metrics(scope = "ui", entity(provider, model(max = 20), code(values = "HTTP status code", max = 60)))]
struct ModelMetrics {
    /// Latency of calls
    #[metric(name = "call_seconds", unit = "s", buckets = [0.1, 1.0])]
    latency: Histogram<(Kind, Outcome)>,
    /// Calls
    #[metric(name = "calls_total", unit = "{call}")]
    calls: Counter<Outcome>,
    /// Cost of calls
    #[metric(name = "cost_usd_total")]
    cost: Counter<(), f64>,
    /// Calls that run
    #[metric(name = "active_calls")]
    active: UpDownCounter,
    /// Bytes of the cache
    #[metric(name = "cache_bytes", unit = "By")]
    cache: Gauge,
}

/// What the semantic conventions measure of operations, under their names.
#[derive(Metrics)]
#[metrics(scope = "ui", convention, entity(tool(name = "gen_ai.tool.name"), error(name = "error.type")))]
struct OperationMetrics {
    /// Duration of operations
    #[metric(name = "mcp.client.operation.duration", unit = "s", buckets = [0.1, 1.0])]
    duration: Histogram<Method>,
}

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "mcp.method.name")]
enum Method {
    #[label(value = "tools/call")]
    ToolsCall,
}

/// What is measured of one session.
#[derive(Metrics)]
#[metrics(entity(session_id))]
struct SessionMetrics {
    /// Participants
    #[metric(name = "session_participants")]
    participants: ObservableGauge,
}

/// What is measured of the process.
#[derive(Metrics)]
#[metrics(entity())]
struct ProcessMetrics {
    /// Starts
    #[metric(name = "starts_total")]
    starts: Counter,
    /// Threads
    #[metric(name = "threads")]
    threads: ObservableGauge,
}

fn main() {
    let meter = Meter::noop();
    let models = Family::<ModelMetrics>::new(&meter);
    let model = models.get(ModelMetricsKey { provider: "p", model: "m", code: "200" });
    model.latency.at((Kind::Task, Outcome::Success)).record(0.5);
    model.calls.at(Outcome::ServerError).add(1);
    model.cost.add(0.25);
    model.active.add(-1);
    model.cache.set(4096.0);
    let operations = Family::<OperationMetrics>::new(&meter);
    operations.get(OperationMetricsKey { tool: "t", error: "" }).duration.at(Method::ToolsCall).record(0.5);
    Family::<SessionMetrics>::new(&meter).live("s").participants.set(2.0);
    let process = Single::<ProcessMetrics>::new(&meter);
    process.starts.add(1);
    process.threads.set(4.0);
    assert_eq!(ModelMetrics::CACHE.name, "cache_bytes");
    assert_eq!(ProcessMetrics::THREADS, &ProcessMetrics::CATALOGUE[1]);
}
