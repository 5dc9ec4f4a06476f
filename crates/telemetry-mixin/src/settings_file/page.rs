//! The page on the keys of the file.

use std::fmt::Write as _;

use super::key::{Key, Unset};
use super::keys::keys;
use crate::files::NOTICE;
use crate::render::markdown::cell;
use crate::settings::GeneratorSettings;

const INTRODUCTION: &str = "\
What an operator chooses of the generated files stands in a `telemetry-mixin.toml`, of which every key may be left out. \
`cargo xtask gen-dashboards --settings telemetry-mixin.toml` reads it, and flags of the command outrank it; a generator of \
one's own reads it with `GeneratorSettings::from_toml`. What is wrong with it is told all at once: the line, the key, the \
value, and what is accepted. Alerts and domains that there are not are refused.

```toml
namespace = \"acme\"
domains = [\"llm\", \"mcp\"]
aggregation_labels = [\"cluster\", \"namespace\"]
runbooks_url = \"https://runbooks.acme.example\"
disabled_alerts = [\"UnpricedModel\"]

[alerts.HighMCPToolErrorRate]
threshold = 0.2
for = \"10m\"
severity = \"critical\"
team = \"on-call\"

[alerts.HighToolErrorRate.for_values.tool_id]
web-search = 0.5

[objectives]
ProviderAvailability = 0.995

[alertmanager.warning]
slack_channel = \"#acme-operations\"

[alertmanager.escalation]
secondary = \"10m\"
management = \"none\"

[alertmanager.quiet_hours]
time_zone = \"Europe/Berlin\"

[grafana]
url = \"https://grafana.acme.example\"

[traces]
store = \"jaeger\"

[logs]
store = \"none\"
```

`<…>` stands for a name: `[alerts.HighMCPToolErrorRate]` sets what is said of `alerts.<alert>` here. Times are written as \
Prometheus writes them, such as `90s`, `15m` or `1h30m`.

With `backend = \"victoriametrics\"` or `\"mimir\"`, or `--backend`, expressions, dashboards and the compose file are those for it; \
`deploy/README.md` says what differs. `way_in` says whether applications' metrics are scraped or pushed there, and everything follows \
it: on both ways at once, every series would be there twice.

With `format = \"kubernetes\"`, or `--format kubernetes`, `deploy/kubernetes` has a `PrometheusRule` for each file of rules, a \
`ConfigMap` for each dashboard, by the label `grafana_dashboard` of Grafana's sidecar, and a `ServiceMonitor` of the \
collector; `kubectl apply --server-side -R -f deploy/kubernetes` applies them. A `PersesDashboard` for each is in `deploy/perses`, for \
clusters that have Perses' operator.

With `histograms = \"native\"`, or `--histograms native`, rules, dashboards, runbooks and tests read native histograms with custom \
buckets, and `deploy/prometheus/prometheus.yaml` has Prometheus, 3.8 or later, make them of what it scrapes \
(`convert_classic_histograms_to_nhcb`) and is pushed (`otlp.convert_histograms_to_nhcb`). Of the past, which is kept in the classic \
form, such a bundle shows nothing: let Prometheus keep both for a while (`always_scrape_classic_histograms`), and switch then.";

/// The page on the keys of `telemetry-mixin.toml`.
///
/// ```
/// let page = telemetry_mixin::settings_file_page();
/// assert!(page.contains("| `rule_interval` | How often rules are evaluated, once in `5m` at least. | `\"30s\"` |"));
/// ```
#[must_use]
pub fn settings_file_page() -> String {
    let mut page = format!("<!-- {NOTICE} -->\n\n# Settings of the generated files\n\n{INTRODUCTION}\n");
    let mut table = None;
    for key in keys() {
        if table != Some(key.table()) {
            table = Some(key.table());
            let title = if key.table().is_empty() { "Top level".to_owned() } else { format!("`[{}]`", key.table()) };
            write!(page, "\n## {title}\n\n| key | meaning | default | accepted |\n| --- | --- | --- | --- |\n")
                .expect("writing into a string never fails");
        }
        writeln!(page, "{}", row(key)).expect("writing into a string never fails");
    }
    page
}

fn row(key: &Key) -> String {
    let name = key.parts().last().unwrap_or(key.path);
    let unset = match key.unset {
        Unset::Is(value) => format!("`{}`", value(&GeneratorSettings::default())),
        Unset::Means(words) => words.to_owned(),
    };
    format!("| `{name}` | {} | {} | {} |", cell(key.meaning), cell(&unset), cell(&key.accepts.in_words()))
}
