//! Whether the panels of the generated dashboards show something.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use telemetry_preview::{Variables, Window};
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
    // About a minute, with rates over half of it: what happens seldom has happened by then.
    let variables = Variables::all(&Window::new(0, Duration::from_secs(64), Duration::from_secs(8)));
    for file in dashboards()? {
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
        collect(&dashboard, &text(&dashboard, "title"), &variables, &mut queries);
    }
    match queries.iter().any(|query| query.has_data) {
        true => Ok(queries),
        false => Err("no dashboard speaks of the platform".into()),
    }
}

/// The files of all dashboards, in their order.
pub(crate) fn dashboards() -> Result<Vec<PathBuf>, Failure> {
    let files = fs::read_dir(deploy().join("grafana/dashboards"))?.map(|file| Ok(file?.path()));
    let mut files = files.collect::<Result<Vec<_>, Failure>>()?;
    files.sort();
    Ok(files)
}

fn collect(parent: &Value, dashboard: &str, variables: &Variables, queries: &mut Vec<Query>) {
    for panel in list(parent, "panels") {
        let place = format!("panel {:?} of {dashboard:?}", text(panel, "title"));
        let expressions = list(panel, "targets").map(|target| text(target, "expr"));
        queries.extend(expressions.map(|expression| Query {
            place: place.clone(),
            has_data: names::speaks_of_platform(&expression),
            expression: variables.fill(&expression),
        }));
        // A row holds the panels that it has folded in.
        collect(panel, dashboard, variables, queries);
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
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
