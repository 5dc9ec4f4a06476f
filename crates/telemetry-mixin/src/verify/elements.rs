//! Dashboards of Grafana's second schema, whose panels are elements of kinds with specs.

use super::queries::DashboardFile;
use super::rules::Found;
use super::tree::Part;

/// Checks what the second schema adds to the first.
pub(super) fn check(board: &DashboardFile<'_>, dashboard: &Part, found: &mut Vec<Found>) {
    for variable in dashboard.list("variables") {
        let Some(spec) = variable.get("spec").filter(|_| variable.text_of("kind") == Some("QueryVariable")) else {
            continue;
        };
        if asks_promql(spec.get("query")) {
            board.variable(spec, spec.at_path(&["query", "spec"]), found);
        }
    }
    for annotation in dashboard.list("annotations").iter().filter_map(|annotation| annotation.get("spec")) {
        if asks_promql(annotation.get("query")) {
            let place = board.annotation_place(annotation.text_of("name"));
            let expr = [&["query", "spec", "expr"], &["legacyOptions", "expr"] as &[&str]];
            let expr = expr.iter().find_map(|path| annotation.at_path(path));
            board.query(expr, &[annotation.get("datasource")], &place, found);
        }
    }
    for (_, element) in dashboard.get("elements").map(Part::entries).unwrap_or_default() {
        let Some(spec) = element.get("spec") else { continue };
        let place = board.panel_place(spec.text_of("title"));
        let queries = spec.at_path(&["data", "spec"]).map(|data| data.list("queries")).unwrap_or_default();
        for query in queries.iter().filter_map(|query| query.get("spec")) {
            let data = query.get("query");
            if asks_promql(data) {
                let datasources = [query.get("datasource"), data.and_then(|data| data.get("datasource"))];
                board.query(data.and_then(|data| data.at_path(&["spec", "expr"])), &datasources, &place, found);
            }
        }
    }
}

/// Whether a query is one of Prometheus: the kind says so, or the group where the kind only says that it is a query.
fn asks_promql(query: Option<&Part>) -> bool {
    let kind = query.and_then(|query| match query.text_of("kind") {
        Some("DataQuery") | None => query.text_of("group"),
        kind => kind,
    });
    kind.is_none_or(|kind| kind.is_empty() || kind.contains("prometheus"))
}
