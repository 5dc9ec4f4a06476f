//! Dashboards of Perses, whose panels and choices have plugins that ask.

use super::queries::DashboardFile;
use super::rules::Found;
use super::tree::Part;

/// Checks what Perses' dashboards ask of Prometheus.
pub(super) fn check(board: &DashboardFile<'_>, dashboard: &Part, found: &mut Vec<Found>) {
    for spec in dashboard.list("variables").iter().filter_map(|variable| variable.get("spec")) {
        let Some((kind, options)) = plugin(spec) else { continue };
        let place = board.variable_place(spec.text_of("name"));
        match (kind, options.text_of("labelName")) {
            ("PrometheusLabelValuesVariable", Some(label)) => {
                for series in options.list("matchers") {
                    board.listing(series, label, &place, found);
                }
            }
            ("PrometheusPromQLVariable", _) => board.query(options.get("expr"), &[], &place, found),
            _ => {}
        }
    }
    let panels = dashboard.get("panels").map(Part::entries).unwrap_or_default();
    for (name, spec) in panels.iter().filter_map(|(name, panel)| Some((name, panel.get("spec")?))) {
        let title = spec.at_path(&["display", "name"]).and_then(Part::text);
        let place = board.panel_place(title.or(Some(name)));
        for query in spec.list("queries").iter().filter_map(|query| query.get("spec")) {
            if let Some(("PrometheusTimeSeriesQuery", options)) = plugin(query) {
                board.query(options.get("query"), &[], &place, found);
            }
        }
    }
}

/// The kind of the plugin, and its options.
fn plugin(spec: &Part) -> Option<(&str, &Part)> {
    let plugin = spec.get("plugin")?;
    Some((plugin.text_of("kind")?, plugin.get("spec")?))
}
