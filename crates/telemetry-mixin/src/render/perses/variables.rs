//! A dashboard's variables as Perses' JSON: the same choices as Grafana's.

use serde_json::{Value, json};

use crate::promql::Finding;
use crate::render::grafana::{Choice, capitalised, metrics};
use crate::resolved::Board;
use crate::settings::GeneratorSettings;

pub(super) fn all(board: &Board, choice: &Choice<'_>, settings: &GeneratorSettings) -> Result<Vec<Value>, Finding> {
    let names = metrics(board, settings.info())?;
    let list = |name: &str, title: &str, label: &str, series: &str| list(name, title, label, series, choice.all());
    let mut variables: Vec<Value> = choice
        .common()
        .map(|(name, label)| {
            let series = format!("{{__name__=~\"{names}\"{}}}", choice.before(name));
            list(name, &capitalised(name), label, &series)
        })
        .collect();
    if let (Some(jobs), Some(quoted)) = (&settings.jobs, settings.jobs_in_quotes()) {
        let job = settings.job();
        let series = format!("{{__name__=~\"{names}\", {job}=~\"{quoted}\"}}");
        variables[0] = list("job", "Job", job, &series);
        variables[0]["spec"]["customAllValue"] = json!(jobs);
    }
    // A choice of Perses has no text beside its value: instances go by their own names here.
    let before = choice.before("instance");
    let series = format!("{}{{{}}}", settings.info(), before.trim_start_matches(", "));
    variables.push(list("instance", "Instance", settings.instance(), &series));
    for (before, own) in board.variables.iter().enumerate() {
        let problem = |problem| Finding::of(board.place_of_variable(own), own.series.text().to_owned(), problem);
        let series = own.series.narrowed(|metric| choice.matchers(metric, before)).map_err(problem)?;
        let variable = &own.variable;
        variables.push(list(&variable.name, &variable.label, &variable.values_of, &series));
    }
    Ok(variables)
}

/// The values of a label of these series; `all` is what stands for all of them.
fn list(name: &str, title: &str, label: &str, series: &str, all: &str) -> Value {
    json!({
        "kind": "ListVariable",
        "spec": {
            "name": name,
            "display": { "name": title, "hidden": false },
            "allowAllValue": true,
            "allowMultiple": true,
            "customAllValue": all,
            "defaultValue": ["$__all"],
            "sort": "alphabetical-asc",
            "plugin": {
                "kind": "PrometheusLabelValuesVariable",
                "spec": { "labelName": label, "matchers": [series] },
            },
        },
    })
}
