//! A dashboard as Perses' JSON, with its panels laid out.

use serde_json::{Map, Value, json};

use super::address::project_name;
use super::name::{another, name};
use super::panel::panel;
use super::variables;
use crate::promql::{Checker, Finding};
use crate::render::grafana::{Choice, Context};
use crate::resolved::{Board, BoardRow, Merged};
use crate::settings::GeneratorSettings;

/// As wide as Grafana's, and a row as high.
const COLUMNS: u8 = 24;

/// The dashboard as a resource of Perses, or what cannot be shown of it.
pub(crate) fn dashboard(
    Merged { board, domains, .. }: &Merged<'_>,
    settings: &GeneratorSettings,
    checker: &Checker,
) -> Result<String, Finding> {
    let context = Context { settings, choice: Choice::new(board, settings, checker) };
    let head = &board.head;
    let tags: Vec<String> =
        std::iter::once(settings.namespace.as_str()).chain(domains.iter().copied()).map(tag).collect();
    let (panels, layouts) = panels(board, &context)?;
    let value = json!({
        "kind": "Dashboard",
        "metadata": { "name": name(&head.slug), "project": project_name(settings), "tags": tags },
        "spec": {
            "display": { "name": head.title, "description": head.description },
            "duration": head.range,
            "refreshInterval": settings.refresh.as_ref().unwrap_or(&head.refresh),
            "variables": variables::all(board, &context.choice, settings)?,
            "panels": panels,
            "layouts": layouts,
        },
    });
    Ok(text(&value))
}

/// A file of Perses.
pub(super) fn text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value of strings and numbers always serialises");
    text.push('\n');
    text
}

/// Perses takes small letters, digits, `_`, `-` and spaces in tags.
fn tag(text: &str) -> String {
    name(&text.to_lowercase()).replace('.', "-")
}

/// The panels by their names, and a grid for each row.
fn panels(board: &Board, context: &Context<'_>) -> Result<(Map<String, Value>, Vec<Value>), Finding> {
    let mut names = Vec::new();
    let mut panels = Map::new();
    let mut layouts = Vec::new();
    for row in &board.rows {
        let begun = names.len();
        for shown in &row.panels {
            let name = another(&shown.panel.title, &mut names);
            let problem = |(text, problem)| Finding::of(board.place(&shown.panel), text, problem);
            panels.insert(name, panel(shown, context).map_err(problem)?);
        }
        layouts.push(grid(row, &names[begun..]));
    }
    Ok((panels, layouts))
}

/// Panels flow from left to right and wrap below the tallest.
fn grid(row: &BoardRow, names: &[String]) -> Value {
    let (mut left, mut top, mut tallest) = (0_u8, 0_u32, 0_u8);
    let mut items = Vec::new();
    for (shown, name) in row.panels.iter().zip(names) {
        let size = &shown.panel;
        if left + size.width > COLUMNS {
            top += u32::from(tallest);
            (left, tallest) = (0, 0);
        }
        items.push(json!({
            "x": left, "y": top, "width": size.width, "height": size.height,
            "content": { "$ref": format!("#/spec/panels/{name}") },
        }));
        left += size.width;
        tallest = tallest.max(size.height);
    }
    let mut spec = Map::new();
    if let Some(title) = &row.title {
        spec.insert("display".to_owned(), json!({ "title": title, "collapse": { "open": true } }));
    }
    spec.insert("items".to_owned(), json!(items));
    json!({ "kind": "Grid", "spec": spec })
}
