//! A dashboard as Grafana's JSON, with its panels laid out.

use serde_json::{Value, json};

use super::annotations;
use super::panel::{Context, panel, row};
use super::variables::{self, Choice};
use crate::promql::{Checker, Finding};
use crate::resolved::{Board, Merged};
use crate::settings::GeneratorSettings;

/// The schema of Grafana 11; newer ones migrate it when they load it.
const SCHEMA_VERSION: u32 = 39;
const COLUMNS: u8 = 24;

/// The dashboard as Grafana provisions it, or what cannot be shown of it.
pub(crate) fn dashboard(
    Merged { board, domains, alerts, .. }: &Merged<'_>,
    settings: &GeneratorSettings,
    checker: &Checker,
) -> Result<String, Finding> {
    let context = Context { settings, choice: Choice::new(board, settings, checker) };
    let dashboard = &board.head;
    let tags: Vec<&str> = std::iter::once(settings.namespace.as_str()).chain(domains.iter().copied()).collect();
    let value = json!({
        "uid": settings.uid(&dashboard.slug),
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": tags,
        "timezone": "browser",
        "editable": false,
        "graphTooltip": 1,
        "schemaVersion": SCHEMA_VERSION,
        "refresh": settings.refresh.as_ref().unwrap_or(&dashboard.refresh),
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
        "annotations": { "list": annotations::all(alerts, settings) },
        "templating": { "list": variables::all(board, &context.choice, settings)? },
        "panels": panels(board, &context)?,
    });
    let mut text = serde_json::to_string_pretty(&value).expect("a JSON value of strings and numbers always serialises");
    text.push('\n');
    Ok(text)
}

/// Panels flow from left to right and wrap; a row's height is that of its tallest panel.
fn panels(board: &Board, context: &Context<'_>) -> Result<Vec<Value>, Finding> {
    let mut rendered = Vec::new();
    let mut top = 0_u32;
    let mut id = 0_u32;
    for section in &board.rows {
        if let Some(title) = &section.title {
            id += 1;
            rendered.push(row(id, title, top));
            top += 1;
        }
        let (mut left, mut tallest) = (0_u8, 0_u8);
        for next in &section.panels {
            let size = &next.panel;
            if left + size.width > COLUMNS {
                top += u32::from(tallest);
                (left, tallest) = (0, 0);
            }
            id += 1;
            let problem = |(text, problem)| Finding::of(board.place(size), text, problem);
            rendered.push(panel(id, next, (left, top), context).map_err(problem)?);
            left += size.width;
            tallest = tallest.max(size.height);
        }
        top += u32::from(tallest);
    }
    Ok(rendered)
}
