//! A dashboard's variables as Grafana's JSON.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::promql::{Finding, Problem};
use crate::resolved::{Board, BoardVariable};

/// Every Grafana variable's "all": a series without the label is not meant.
const ALL: &str = ".+";

pub(super) const DATASOURCE: &str = "${datasource}";

/// The matchers that every selector of a dashboard has.
pub(super) const SELECTED: [(&str, &str); 2] = [("job", "$job"), ("instance", "$instance")];

pub(super) fn all(board: &Board) -> Result<Vec<Value>, Finding> {
    let names = metrics(board)?.into_iter().collect::<Vec<_>>().join("|");
    let mut variables = vec![
        datasource(),
        query("job", "Job", &format!("label_values({{__name__=~\"{names}\"}}, job)")),
        query("instance", "Instance", &format!("label_values({{__name__=~\"{names}\", job=~\"$job\"}}, instance)")),
    ];
    for own in &board.variables {
        let problem = |problem| Finding::of(board.place_of_variable(own), own.series.text().to_owned(), problem);
        variables.push(listing(own).map_err(problem)?);
    }
    Ok(variables)
}

/// Every metric that the dashboard reads, so that `job` lists whoever sends any of them.
fn metrics(board: &Board) -> Result<BTreeSet<String>, Finding> {
    let mut all = BTreeSet::new();
    for shown in board.panels() {
        for target in &shown.targets {
            let problem =
                |problem| Finding::of(board.place(&shown.panel), target.expression.text().to_owned(), problem);
            all.extend(target.expression.metric_names().map_err(problem)?);
        }
    }
    Ok(all)
}

fn listing(BoardVariable { variable, series }: &BoardVariable) -> Result<Value, Problem> {
    let series = series.narrowed(&SELECTED)?;
    Ok(query(&variable.name, &variable.label, &format!("label_values({series}, {})", variable.values_of)))
}

fn datasource() -> Value {
    json!({
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "hide": 0,
        "includeAll": false,
        "multi": false,
        "refresh": 1,
        "regex": "",
        "skipUrlSync": false,
        "current": {},
        "options": [],
    })
}

fn query(name: &str, label: &str, query: &str) -> Value {
    json!({
        "name": name,
        "label": label,
        "type": "query",
        "datasource": { "type": "prometheus", "uid": DATASOURCE },
        "query": { "query": query, "refId": format!("variable-{name}"), "qryType": 1 },
        "definition": query,
        "hide": 0,
        "includeAll": true,
        "allValue": ALL,
        "multi": true,
        // On every change of the time range, so that what has come since is listed.
        "refresh": 2,
        "regex": "",
        "skipUrlSync": false,
        "sort": 1,
        "current": { "selected": true, "text": ["All"], "value": ["$__all"] },
        "options": [],
    })
}
