#![doc = include_str!("../README.md")]

mod attributes;
mod choice;
mod core_path;
mod duration;
mod label;
mod metrics;
mod setting_attributes;
mod setting_values;
mod settings;

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
    core_path::expanded(metrics::expand(&input))
}

/// Makes an enum without fields a closed label: `#[label(name = "outcome")]`.
///
/// A variant's value is its name in snake case, or what `#[label(value = "…")]` on it says.
#[proc_macro_derive(Label, attributes(label))]
pub fn derive_label(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    core_path::expanded(label::expand(&input))
}

/// Declares a group of settings: each field is one, its doc comment the documentation.
///
/// On the struct: `#[settings(key = "s3", env = "TELEMETRY_S3")]`. A field `timeout` then has the key `s3.timeout` in the
/// file and the variable `TELEMETRY_S3_TIMEOUT`. `title = "…"` is the heading of its table in the documentation, above the
/// first paragraph of the doc comment, or what `about = "…"` says. `check = path` names a
/// `fn(&Self) -> Result<(), SettingsError>` that looks at what goes together, or at what only the system can tell; it runs
/// once every value is accepted by itself. A group without key and variable is one to be part of another.
///
/// On each field, as `#[setting(…)]`:
///
/// | | |
/// |---|---|
/// | `default = 100`, `default = "30s"` | what holds where nothing is set; the type's `Default` if left out, nothing for an `Option` |
/// | `accepts = 1..=100`, `accepts = "1ms"..="24h"`, `accepts = "1ms"..` | limits of a number or a duration |
/// | `accepts = "words"`, `check = path` | what is accepted, in words; `fn(&T) -> Result<(), String>` whose error says it |
/// | `env = "OTEL_…"`, `key = "…"` | whole names in place of those that follow from the field's |
/// | `example = "…"` | a value, as a file has it, for the documentation and the tests |
/// | `unset = "…"` | what holds where nothing is set, in words |
/// | `builder = "…"` | the builder's method that sets it, where it is called otherwise than the key |
/// | `secret` | its value is in no error |
/// | `group`, `group(key = "…", env = "…", unset = "…")` | the field is a group, below this key and variable |
/// | `skip` | the field is no setting |
///
/// A variable that starts with `OTEL_` has durations in milliseconds, as the OpenTelemetry specification has it; every
/// other, and the file, with their unit. Made are `Default`, the implementation of `SettingsGroup`, and for an `Option`
/// with a default a method of the field's name that fills it in. A missing doc comment, a bad name, a name used twice
/// and a default out of its own limits are compile errors.
#[proc_macro_derive(Settings, attributes(settings, setting))]
pub fn derive_settings(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    core_path::expanded(settings::expand(&input))
}

/// Makes an enum without fields a type of setting, one of a few words that are read in any case.
///
/// A variant's word is its name in snake case, or what `#[choice(word = "…")]` on it says; `#[choice(note = "…")]` on the
/// enum adds to what errors and documentation say is accepted. Made is `as_str` beside the implementation of
/// `SettingValue`.
#[proc_macro_derive(Choice, attributes(choice))]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    core_path::expanded(choice::expand(&input))
}
