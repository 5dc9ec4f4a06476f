//! Whether the panels of the generated dashboards show something.

use std::fs;

use serde_json::Value;
use telemetry_tests::Failure;
use telemetry_tests::prometheus::Prometheus;

use crate::names;
use crate::stack::deploy;

/// One query of a panel.
pub(crate) struct Query {
    place: String,
    expression: String,
    /// Whether the platform gives it something to show.
    pub(crate) has_data: bool,
}

/// All queries of all dashboards.
pub(crate) fn queries() -> Result<Vec<Query>, Failure> {
    let mut queries = Vec::new();
    for file in fs::read_dir(deploy().join("grafana/dashboards"))? {
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(file?.path())?)?;
        collect(&dashboard, &text(&dashboard, "title"), &mut queries);
    }
    match queries.iter().any(|query| query.has_data) {
        true => Ok(queries),
        false => Err("no dashboard speaks of the platform".into()),
    }
}

fn collect(parent: &Value, dashboard: &str, queries: &mut Vec<Query>) {
    for panel in list(parent, "panels") {
        let place = format!("panel {:?} of {dashboard:?}", text(panel, "title"));
        let expressions = list(panel, "targets").map(|target| text(target, "expr"));
        queries.extend(expressions.map(|expression| Query {
            place: place.clone(),
            has_data: names::speaks_of_platform(&expression),
            expression: filled(&expression),
        }));
        // A row holds the panels that it has folded in.
        collect(panel, dashboard, queries);
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The expression as Grafana sends it: durations in place of its own variables, everything in place of the others.
fn filled(expression: &str) -> String {
    let mut filled = String::new();
    let mut rest = expression;
    while let Some(at) = rest.find('$') {
        let (before, variable) = rest.split_at(at);
        let name = variable[1..].trim_start_matches('{');
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        filled.push_str(before);
        filled.push_str(match &name[..end] {
            "__rate_interval" | "__interval" => "30s",
            "__range" => "60s",
            _ => ".+",
        });
        let braces = if variable.starts_with("${") { '}' } else { '\0' };
        rest = name[end..].trim_start_matches(braces);
    }
    filled + rest
}

/// Whether Prometheus accepts every query, and has a number to show for each that speaks of the platform.
pub(crate) fn check(prometheus: &Prometheus, queries: &[Query]) -> Result<(), Failure> {
    for Query { place, expression, has_data } in queries {
        let shown = prometheus.query(expression).map_err(|error| format!("{place}: {error}"))?;
        if *has_data && !shown.iter().any(|sample| sample.value.is_finite()) {
            return Err(format!("{place} shows nothing: {expression}").into());
        }
    }
    Ok(())
}
