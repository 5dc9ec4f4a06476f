//! Whether the panels of the generated dashboards show something.

use std::fs;
use std::path::{Path, PathBuf};
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

/// All queries of all deployed dashboards.
pub(crate) fn queries() -> Result<Vec<Query>, Failure> {
    queries_in(&deploy())
}

/// All queries of all dashboards of a bundle.
pub(crate) fn queries_in(bundle: &Path) -> Result<Vec<Query>, Failure> {
    let mut queries = Vec::new();
    // About a minute, with rates over half of it: what happens seldom has happened by then.
    let variables = Variables::all(&Window::new(0, Duration::from_secs(64), Duration::from_secs(8)));
    for file in dashboards_in(bundle)? {
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
        let filled = Filled { variables: &variables, chosen: all_of(&dashboard) };
        collect(&dashboard, &text(&dashboard, "title"), &filled, &mut queries);
    }
    match queries.iter().any(|query| query.has_data) {
        true => Ok(queries),
        false => Err("no dashboard speaks of the platform".into()),
    }
}

/// The files of all deployed dashboards, in their order.
pub(crate) fn dashboards() -> Result<Vec<PathBuf>, Failure> {
    dashboards_in(&deploy())
}

/// The files of all dashboards of a bundle, in their order.
pub(crate) fn dashboards_in(bundle: &Path) -> Result<Vec<PathBuf>, Failure> {
    let files = fs::read_dir(bundle.join("grafana/dashboards"))?.map(|file| Ok(file?.path()));
    let mut files = files.collect::<Result<Vec<_>, Failure>>()?;
    files.sort();
    Ok(files)
}

/// What stands in place of variables: what each of the dashboard's own says of All, and the rest.
struct Filled<'a> {
    variables: &'a Variables,
    chosen: Vec<(String, String)>,
}

impl Filled<'_> {
    fn fill(&self, expression: &str) -> String {
        let own = |filled: String, (variable, all): &(String, String)| filled.replace(variable, all);
        self.variables.fill(&self.chosen.iter().fold(expression.to_owned(), own))
    }
}

/// The variables of a dashboard as they stand in matchers, with what All is of each.
fn all_of(dashboard: &Value) -> Vec<(String, String)> {
    let variables = dashboard.pointer("/templating/list").and_then(Value::as_array).into_iter().flatten();
    let with_all = variables.filter(|variable| variable.get("allValue").is_some());
    with_all.map(|own| (format!("\"${}\"", text(own, "name")), format!("\"{}\"", text(own, "allValue")))).collect()
}

/// The values that each variable of each dashboard of a bundle has.
pub(crate) fn check_variables(prometheus: &Prometheus, bundle: &Path) -> Result<usize, Failure> {
    let variables = Variables::all(&Window::new(0, Duration::from_secs(64), Duration::from_secs(8)));
    let mut checked = 0;
    for file in dashboards_in(bundle)? {
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
        let filled = Filled { variables: &variables, chosen: all_of(&dashboard) };
        let own = dashboard.pointer("/templating/list").and_then(Value::as_array).into_iter().flatten();
        for variable in own.filter(|variable| text(variable, "type") == "query") {
            let listed = variable.get("query").map(|query| text(query, "query")).unwrap_or_default();
            let place = format!("variable {:?} of {}", text(variable, "name"), file.display());
            let (expression, label) = asked(&listed).ok_or_else(|| format!("{place} asks for {listed}"))?;
            let values = prometheus.query(&filled.fill(&expression)).map_err(|error| format!("{place}: {error}"))?;
            if !values.iter().any(|sample| sample.labels.get(&label).is_some_and(|value| !value.is_empty())) {
                return Err(format!("{place} has no values: {listed}").into());
            }
            checked += 1;
        }
    }
    Ok(checked)
}

/// What a variable asks for as a query, and the label that its values are of.
fn asked(listed: &str) -> Option<(String, String)> {
    if let Some(query) = listed.strip_prefix("query_result(") {
        let query = query.strip_suffix(')')?;
        let label = query.strip_prefix("group by (")?.split(',').next()?;
        return Some((query.to_owned(), label.to_owned()));
    }
    let (series, label) = listed.strip_prefix("label_values(")?.strip_suffix(')')?.rsplit_once(", ")?;
    Some((format!("group by ({label}) ({series})"), label.to_owned()))
}

fn collect(parent: &Value, dashboard: &str, variables: &Filled<'_>, queries: &mut Vec<Query>) {
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
