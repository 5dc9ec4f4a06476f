//! A panel as Perses' JSON: what it shows, its queries, its links.

use serde_json::{Value, json};

use super::plugin::plugin;
use crate::model::{Panel, Viz};
use crate::promql::Problem;
use crate::render::grafana::{Asked, Context, asked};
use crate::resolved::{BoardPanel, Target};

/// The panel, or the expression that cannot be shown, and why.
pub(super) fn panel(
    BoardPanel { panel, targets }: &BoardPanel,
    context: &Context<'_>,
) -> Result<Value, (String, Problem)> {
    let shown = |shown: &Target| {
        query(shown, panel.viz, context).map_err(|problem| (shown.expression.text().to_owned(), problem))
    };
    let queries = targets.iter().map(shown).collect::<Result<Vec<Value>, _>>()?;
    let plugin = plugin(panel, targets).map_err(|problem| (panel.title.clone(), problem))?;
    let mut spec = json!({
        "display": { "name": panel.title, "description": description(panel) },
        "plugin": plugin,
        "queries": queries,
    });
    if !panel.alerts.is_empty() {
        spec["links"] = runbooks(panel, context);
    }
    Ok(json!({ "kind": "Panel", "spec": spec }))
}

/// Perses' panels are all about the dashboard's time range.
fn description(panel: &Panel) -> String {
    match &panel.range {
        Some(range) => {
            format!("{}. It is meant for the last {range}: choose that range", panel.description.trim_end_matches('.'))
        }
        None => panel.description.clone(),
    }
}

fn query(target: &Target, viz: Viz, context: &Context<'_>) -> Result<Value, Problem> {
    let Asked { expression, legend } = asked(target, viz, context)?;
    let mut spec = json!({ "query": expression });
    match viz {
        // A table shows the labels in columns.
        Viz::Table => {}
        // Each has those below in it.
        Viz::BucketHeatmap | Viz::BucketBars if legend.starts_with("{{le}}") => {
            spec["seriesNameFormat"] = json!(format!("≤ {legend}"));
        }
        _ if legend.is_empty() => {}
        _ => spec["seriesNameFormat"] = json!(legend),
    }
    let plugin = json!({ "kind": "PrometheusTimeSeriesQuery", "spec": spec });
    Ok(json!({ "kind": "TimeSeriesQuery", "spec": { "plugin": plugin } }))
}

fn runbooks(panel: &Panel, context: &Context<'_>) -> Value {
    let link = |alert: &String| {
        json!({
            "name": format!("Runbook: {alert}"),
            "url": context.settings.runbook_url(alert),
            "targetBlank": true,
        })
    };
    panel.alerts.iter().map(link).collect()
}
