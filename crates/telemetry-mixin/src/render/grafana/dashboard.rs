//! A dashboard as Grafana's JSON, with its panels laid out.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::panel::{Context, panel, row};
use super::{uid, variables};
use crate::generate::GeneratorSettings;
use crate::model::Dashboard;
use crate::promql::{metric_names, parse};

/// The schema of Grafana 11; newer ones migrate it when they load it.
const SCHEMA_VERSION: u32 = 39;
const COLUMNS: u8 = 24;

/// The dashboard as Grafana provisions it. Its expressions have been checked.
pub(crate) fn dashboard(dashboard: &Dashboard, domains: &[&str], settings: &GeneratorSettings) -> String {
    let context = Context { settings };
    let tags: Vec<&str> = std::iter::once(settings.namespace.as_str()).chain(domains.iter().copied()).collect();
    let value = json!({
        "uid": uid(&settings.namespace, &dashboard.slug),
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": tags,
        "timezone": "browser",
        "editable": false,
        "graphTooltip": 1,
        "schemaVersion": SCHEMA_VERSION,
        "refresh": dashboard.refresh,
        "time": { "from": format!("now-{}", dashboard.range), "to": "now" },
        "timepicker": {},
        "links": [{
            "type": "dashboards",
            "title": "Dashboards",
            "tags": [settings.namespace.as_str()],
            "asDropdown": true,
            "includeVars": true,
            "keepTime": true,
            "targetBlank": false,
            "icon": "external link",
            "tooltip": "The other dashboards, with the same job, instance and time range",
            "url": "",
        }],
        "annotations": { "list": [] },
        "templating": { "list": variables::all(dashboard, &metrics(dashboard)) },
        "panels": panels(dashboard, &context),
    });
    let mut text = serde_json::to_string_pretty(&value).expect("a JSON value of strings and numbers always serialises");
    text.push('\n');
    text
}

/// Every metric that the dashboard reads, so that `job` lists whoever sends any of them.
fn metrics(dashboard: &Dashboard) -> BTreeSet<String> {
    let queries = dashboard.panels().flat_map(|panel| &panel.queries);
    queries.filter_map(|query| parse(&query.expression).ok()).flat_map(|parsed| metric_names(&parsed)).collect()
}

/// Panels flow from left to right and wrap; a row's height is that of its tallest panel.
fn panels(dashboard: &Dashboard, context: &Context<'_>) -> Vec<Value> {
    let mut rendered = Vec::new();
    let mut top = 0_u32;
    let mut id = 0_u32;
    for section in &dashboard.rows {
        if let Some(title) = &section.title {
            id += 1;
            rendered.push(row(id, title, top));
            top += 1;
        }
        let (mut left, mut tallest) = (0_u8, 0_u8);
        for next in &section.panels {
            if left + next.width > COLUMNS {
                top += u32::from(tallest);
                (left, tallest) = (0, 0);
            }
            id += 1;
            rendered.push(panel(id, next, (left, top), context));
            left += next.width;
            tallest = tallest.max(next.height);
        }
        top += u32::from(tallest);
    }
    rendered
}
