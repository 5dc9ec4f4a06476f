//! The derives of `telemetry-core`: [`macro@Metrics`] for a group of metrics, [`macro@Label`] for a closed label.
//!
//! Both are re-exported by `telemetry-core`, which documents what they make.

mod attributes;
mod label;
mod metrics;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Declares all that is measured of one entity: each field is a metric, its doc comment the help text.
///
/// On the struct: `#[metrics(scope = "…", entity(…))]`. `scope` is the instrumentation scope, the crate's name if left
/// out. `entity` lists the free-text labels that identify the entity: `entity()` for none, `entity(tool_id)`,
/// `entity(provider, model)`. A label can say more: `task_id(detail)` is left out unless detail labels are on,
/// `code(values = "HTTP status code", max = 60)` describes its values and bounds their number. `convention` declares
/// metrics of the OpenTelemetry semantic conventions under their names, with dots; the name of a label then stands
/// beside that of the key's field, `tool(name = "gen_ai.tool.name")`, and an empty label is left out. They belong in
/// no crate's catalogue, for they are recorded on request.
///
/// On each field: `#[metric(name = "…", unit = "…", buckets = […])]`. The field's type gives the kind and the closed
/// labels: `Histogram<Outcome>`, `Counter<(Kind, Outcome)>`, `Gauge`.
///
/// Made are `CATALOGUE`; for each field a constant of its name in capitals, its `MetricDef`, by which dashboards and
/// alerts name the metric: `ToolMetrics::ERRORS`; the `MetricGroup` implementation; and, for two labels or more, a struct
/// that names an entity: `ModelMetricsKey { provider: "…", model: "…" }`. A bad name, falling buckets, more than five labels, a label used
/// twice or a missing doc comment is a compile error.
#[proc_macro_derive(Metrics, attributes(metrics, metric))]
pub fn derive_metrics(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    metrics::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes an enum without fields a closed label: `#[label(name = "outcome")]`.
///
/// A variant's value is its name in snake case, or what `#[label(value = "…")]` on it says.
#[proc_macro_derive(Label, attributes(label))]
pub fn derive_label(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    label::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
