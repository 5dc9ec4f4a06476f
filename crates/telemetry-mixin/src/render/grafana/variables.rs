//! A dashboard's variables as Grafana's JSON.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::{Dashboard, Variable};
use crate::promql::{parse, with_matchers};

/// Every Grafana variable's "all": a series without the label is not meant.
const ALL: &str = ".+";

pub(super) const DATASOURCE: &str = "${datasource}";

/// The matchers that every selector of a dashboard has.
pub(super) const SELECTED: [(&str, &str); 2] = [("job", "$job"), ("instance", "$instance")];

pub(super) fn all(dashboard: &Dashboard, metrics: &BTreeSet<String>) -> Vec<Value> {
    let names = metrics.iter().map(String::as_str).collect::<Vec<_>>().join("|");
    let mut variables = vec![
        datasource(),
        query("job", "Job", &format!("label_values({{__name__=~\"{names}\"}}, job)")),
        query("instance", "Instance", &format!("label_values({{__name__=~\"{names}\", job=~\"$job\"}}, instance)")),
    ];
    variables.extend(dashboard.variables.iter().map(own));
    variables
}

fn own(variable: &Variable) -> Value {
    let series = match parse(&variable.series) {
        Ok(parsed) => with_matchers(&variable.series, &parsed, &SELECTED).unwrap_or_else(|_| variable.series.clone()),
        Err(_) => variable.series.clone(),
    };
    query(&variable.name, &variable.label, &format!("label_values({series}, {})", variable.values_of))
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
