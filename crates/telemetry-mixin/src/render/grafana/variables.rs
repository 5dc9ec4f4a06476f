//! A dashboard's variables as Grafana's JSON, and what they choose.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::instance;
use crate::promql::{Checker, Expression, Finding, Problem, Role};
use crate::resolved::{Board, BoardVariable};
use crate::settings::GeneratorSettings;

pub(super) const DATASOURCE: &str = "${datasource}";

/// What is chosen of every series, by labels: first the target, then what the dashboard lets choose.
pub(in crate::render) struct Choice<'a> {
    checker: &'a Checker,
    /// Names of the variables and the labels that every series has, on which others depend: `job` first.
    common: Vec<(&'a str, &'a str)>,
    /// The label of a process.
    instance: &'a str,
    /// What All stands for.
    all: &'a str,
    /// Names of the board's own variables and the labels that they choose, each after those that narrow it.
    own: Vec<(&'a str, &'a str)>,
}

impl<'a> Choice<'a> {
    pub(in crate::render) fn new(board: &'a Board, settings: &'a GeneratorSettings, checker: &'a Checker) -> Self {
        let further = settings.common_labels.iter().map(|label| (label.as_str(), label.as_str()));
        let common = std::iter::once(("job", settings.job())).chain(further).collect();
        let own = board.variables.iter().map(|own| (own.variable.name.as_str(), own.variable.values_of.as_str()));
        Self { checker, common, instance: settings.instance(), all: settings.all(), own: own.collect() }
    }

    /// Names of the variables and the labels that every series has, `job` first.
    pub(in crate::render) fn common(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.common.iter().copied()
    }

    /// What All stands for.
    pub(in crate::render) fn all(&self) -> &'a str {
        self.all
    }

    /// Whether the label of that metric takes any text, of which there may be many.
    pub(super) fn is_free_text(&self, metric: &str, label: &str) -> bool {
        self.checker.is_free_text(metric, label)
    }

    /// Whether a histogram is kept under that name natively.
    pub(super) fn is_native_histogram(&self, metric: &str) -> bool {
        self.checker.is_native_histogram(metric)
    }

    /// The labels that the series of an expression surely have.
    pub(super) fn labels_of(&self, expression: &Expression) -> Vec<String> {
        let sound = self.checker.check_expression(expression, Role::Panel);
        sound.map(|sound| sound.labels().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// The matchers of a selector of that metric in a panel.
    pub(super) fn of_panel(&self, metric: Option<&str>) -> Vec<(String, String)> {
        self.matchers(metric, self.own.len())
    }

    /// The matchers of a selector of that metric, by the target and by as many of the board's own variables.
    pub(in crate::render) fn matchers(&self, metric: Option<&str>, own: usize) -> Vec<(String, String)> {
        let carries = |label: &str| metric.is_some_and(|metric| self.checker.carries(metric, label));
        let labels = self.common.iter().filter(|(name, label)| *name == "job" || carries(label)).copied();
        let chosen = self.own[..own].iter().filter(|(_, label)| carries(label)).copied();
        labels.chain([("instance", self.instance)]).chain(chosen).map(|(name, label)| matcher(label, name)).collect()
    }

    /// The matchers by the labels that every series has, as far as that one.
    pub(in crate::render) fn before(&self, variable: &str) -> String {
        let before = self.common.iter().take_while(|(name, _)| *name != variable);
        before.map(|(name, label)| format!(", {label}=~\"${name}\"")).collect()
    }
}

fn matcher(label: &str, variable: &str) -> (String, String) {
    (label.to_owned(), format!("${variable}"))
}

pub(super) fn all(board: &Board, choice: &Choice<'_>, settings: &GeneratorSettings) -> Result<Vec<Value>, Finding> {
    let names = metrics(board, settings.info())?;
    let query = |name: &str, title: &str, text: &str| query(name, title, text, choice.all);
    let of_all = |(name, label): (&str, &str)| {
        let before = choice.before(name);
        query(name, &capitalised(name), &format!("label_values({{__name__=~\"{names}\"{before}}}, {label})"))
    };
    let mut variables = vec![datasource()];
    variables.extend(choice.common().map(of_all));
    if let (Some(jobs), Some(quoted)) = (&settings.jobs, settings.jobs_in_quotes()) {
        let job = settings.job();
        let listed = format!("label_values({{__name__=~\"{names}\", {job}=~\"{quoted}\"}}, {job})");
        variables[1] = query("job", "Job", &listed);
        variables[1]["allValue"] = json!(jobs);
    }
    variables.push(instance::variable(&choice.before("instance"), settings, query));
    for (before, own) in board.variables.iter().enumerate() {
        let problem = |problem| Finding::of(board.place_of_variable(own), own.series.text().to_owned(), problem);
        variables.push(listing(own, choice.all, |metric| choice.matchers(metric, before)).map_err(problem)?);
    }
    Ok(variables)
}

/// `k8s_cluster` is `K8s cluster`.
pub(in crate::render) fn capitalised(label: &str) -> String {
    let (first, rest) = label.split_at(label.len().min(1));
    format!("{}{}", first.to_uppercase(), rest.replace('_', " "))
}

/// Every metric that the dashboard reads, as a regular expression, so that `job` lists whoever sends any of them. What
/// Prometheus makes itself is of all jobs.
pub(in crate::render) fn metrics(board: &Board, info: &str) -> Result<String, Finding> {
    let mut all = BTreeSet::new();
    for shown in board.panels() {
        for target in &shown.targets {
            let problem =
                |problem| Finding::of(board.place(&shown.panel), target.expression.text().to_owned(), problem);
            all.extend(target.expression.metric_names().map_err(problem)?);
        }
    }
    let is_of_all_jobs = |name: &str| name == info || matches!(name, "up" | "ALERTS");
    if all.iter().any(|name| !is_of_all_jobs(name)) {
        all.retain(|name| !is_of_all_jobs(name));
    }
    Ok(all.into_iter().collect::<Vec<_>>().join("|"))
}

fn listing(
    BoardVariable { variable, series }: &BoardVariable,
    all: &str,
    matchers_of: impl Fn(Option<&str>) -> Vec<(String, String)>,
) -> Result<Value, Problem> {
    let series = series.narrowed(matchers_of)?;
    Ok(query(&variable.name, &variable.label, &format!("label_values({series}, {})", variable.values_of), all))
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

fn query(name: &str, label: &str, query: &str, all: &str) -> Value {
    json!({
        "name": name,
        "label": label,
        "type": "query",
        "datasource": { "type": "prometheus", "uid": DATASOURCE },
        "query": { "query": query, "refId": format!("variable-{name}"), "qryType": 1 },
        "hide": 0,
        "includeAll": true,
        "allValue": all,
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
