//! Tables for a page that people write: what a domain measures and where it is seen, and what it alerts on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use telemetry_core::{Kind, MetricDef, Namespace};

use super::metrics_pages::cell;
use crate::files::GeneratedFiles;
use crate::promql::{Expression, Finding};
use crate::resolved::{Board, Merged, Resolved, ResolvedAlert};
use crate::settings::GeneratorSettings;

/// Two parts for each domain, `signals of …` and `alerts of …`. Links lead as from a page in `docs`.
pub(crate) fn parts(
    domains: &[Resolved],
    boards: &[Merged<'_>],
    settings: &GeneratorSettings,
    files: &mut GeneratedFiles,
) -> Result<(), Finding> {
    let readers = Readers::new(domains, boards)?;
    for domain in domains {
        if domain.catalogue.metrics().next().is_some() {
            files.insert_part(format!("signals of {}", domain.name), signals(domain, &readers, &settings.namespace));
        }
        if !domain.alerts.is_empty() {
            files.insert_part(format!("alerts of {}", domain.name), alerts(domain));
        }
    }
    Ok(())
}

/// By the series that is read: the rows of dashboards and the alerts that read it, in the order of the declaration.
#[derive(Default)]
struct Readers<'a> {
    rows: BTreeMap<String, Vec<(&'a Board, &'a str)>>,
    alerts: BTreeMap<String, Vec<&'a ResolvedAlert>>,
    /// What each recorded series is made of.
    recorded: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> Readers<'a> {
    fn new(domains: &'a [Resolved], boards: &'a [Merged<'_>]) -> Result<Self, Finding> {
        let mut readers = Self::default();
        for resolved in domains.iter().flat_map(|domain| &domain.rules) {
            let place = format!("recording rule `{}`", resolved.rule.name);
            let made_of = readers.read(&resolved.expression, &place)?;
            readers.recorded.insert(&resolved.rule.name, made_of);
        }
        for alert in domains.iter().flat_map(|domain| &domain.alerts) {
            for series in readers.read(&alert.expression, &format!("alert `{}`", alert.alert.name()))? {
                readers.alerts.entry(series).or_default().push(alert);
            }
        }
        for board in boards.iter().map(|merged| &merged.board) {
            for row in &board.rows {
                for shown in &row.panels {
                    for target in &shown.targets {
                        for series in readers.read(&target.expression, &board.place(&shown.panel))? {
                            let row = row.title.as_deref().unwrap_or_default();
                            readers.rows.entry(series).or_default().push((board, row));
                        }
                    }
                }
            }
        }
        Ok(readers)
    }

    /// The series that an expression reads, those that its recorded ones are made of in place of them.
    fn read(&self, expression: &Expression, place: &str) -> Result<BTreeSet<String>, Finding> {
        let names =
            expression.metric_names().map_err(|problem| Finding::of(place, expression.text().to_owned(), problem))?;
        let made_of =
            |name: String| self.recorded.get(name.as_str()).cloned().unwrap_or_else(|| BTreeSet::from([name]));
        Ok(names.into_iter().flat_map(made_of).collect())
    }

    /// The dashboards that show a metric, each with its rows.
    fn shown_on(&self, series: &[String]) -> String {
        let mut boards: Vec<(&str, Vec<&str>)> = Vec::new();
        for (board, row) in series.iter().filter_map(|series| self.rows.get(series)).flatten() {
            let title = board.head.title.as_str();
            let at = boards.iter().position(|(known, _)| *known == title).unwrap_or(boards.len());
            if at == boards.len() {
                boards.push((title, Vec::new()));
            }
            if !row.is_empty() && !boards[at].1.contains(row) {
                boards[at].1.push(row);
            }
        }
        let shown = boards.iter().map(|(title, rows)| match rows.as_slice() {
            [] => (*title).to_owned(),
            rows => format!("{title} ({})", rows.join(", ")),
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    fn alerted_on(&self, series: &[String]) -> String {
        let mut links: Vec<String> = Vec::new();
        for alert in series.iter().filter_map(|series| self.alerts.get(series)).flatten() {
            let link = link(alert);
            if !links.contains(&link) {
                links.push(link);
            }
        }
        links.join(", ")
    }
}

fn signals(domain: &Resolved, readers: &Readers<'_>, namespace: &Namespace) -> String {
    let mut table = String::from("| metric | tells | by | shown on | alerts |\n| --- | --- | --- | --- | --- |\n");
    for metric in domain.catalogue.metrics() {
        let labels: Vec<String> = metric.labels().map(|label| format!("`{}`", label.name)).collect();
        let series = series(metric, namespace);
        let row = [
            format!("`{}`", metric.name_in(namespace)),
            cell(metric.help),
            labels.join(", "),
            readers.shown_on(&series),
            readers.alerted_on(&series),
        ];
        writeln!(table, "| {} |", row.join(" | ")).expect("writing into a string never fails");
    }
    table
}

/// The series of a metric: of a histogram there are three.
fn series(metric: &MetricDef, namespace: &Namespace) -> Vec<String> {
    let name = metric.name_in(namespace);
    match metric.kind {
        Kind::Histogram => ["bucket", "count", "sum"].map(|part| format!("{name}_{part}")).to_vec(),
        Kind::Counter | Kind::Gauge | Kind::UpDownCounter => vec![name.into_owned()],
    }
}

fn alerts(domain: &Resolved) -> String {
    let mut table = String::from(
        "| alert | severity | team | says | threshold | window | for |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for resolved in &domain.alerts {
        let alert = &resolved.alert;
        let windowed = alert.expression.contains(&format!("[{}]", alert.window));
        let row = [
            link(resolved),
            alert.severity.to_string(),
            alert.team.clone(),
            cell(&alert.summary),
            alert.threshold.map_or_else(String::new, |threshold| threshold.to_string()),
            if windowed { alert.window.clone() } else { String::new() },
            alert.hold.clone(),
        ];
        writeln!(table, "| {} |", row.join(" | ")).expect("writing into a string never fails");
    }
    table
}

fn link(resolved: &ResolvedAlert) -> String {
    format!("[{}](runbooks/{}.md)", resolved.alert.name(), resolved.runbook)
}
