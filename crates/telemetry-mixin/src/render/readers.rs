//! Who reads which metric: panels, rows of dashboards, alerts.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_core::{Kind, MetricDef, Namespace};

use crate::promql::{Expression, Finding};
use crate::resolved::{Board, Merged, Resolved, ResolvedAlert};

/// By the series that is read: the panels, the rows of dashboards and the alerts that read it, in the order of the declaration.
#[derive(Default)]
pub(crate) struct Readers<'a> {
    rows: BTreeMap<String, Vec<(&'a Board, &'a str)>>,
    panels: BTreeMap<String, Vec<(&'a Board, &'a str)>>,
    alerts: BTreeMap<String, Vec<&'a ResolvedAlert>>,
    /// What each recorded series is made of.
    recorded: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> Readers<'a> {
    pub(crate) fn new(domains: &'a [Resolved], boards: &'a [Merged<'_>]) -> Result<Self, Finding> {
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
                            readers.panels.entry(series.clone()).or_default().push((board, &shown.panel.title));
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

    /// The dashboards that show these series, each with its rows.
    pub(super) fn shown_on(&self, series: &[String]) -> String {
        by_dashboard(&self.rows, series, |title, rows| format!("{title} ({rows})"))
    }

    /// The dashboards that show these series, each with its panels.
    pub(super) fn panels(&self, series: &[String]) -> String {
        by_dashboard(&self.panels, series, |title, panels| format!("{title}: {panels}"))
    }

    /// The alerts on these series, as links to their runbooks from a page beside `folder`.
    pub(super) fn alerted_on(&self, series: &[String], folder: &str) -> String {
        let mut links: Vec<String> = Vec::new();
        for alert in series.iter().filter_map(|series| self.alerts.get(series)).flatten() {
            let link = link(alert, folder);
            if !links.contains(&link) {
                links.push(link);
            }
        }
        links.join(", ")
    }

    /// Whether a panel, an alert or a rule reads the metric.
    pub(super) fn read_metric(&self, metric: &MetricDef, namespace: &Namespace) -> bool {
        let is_recorded = |series: &String| self.recorded.values().any(|made_of| made_of.contains(series));
        series(metric, namespace)
            .iter()
            .any(|series| self.panels.contains_key(series) || self.alerts.contains_key(series) || is_recorded(series))
    }
}

/// The dashboards that have any of these series, each with what there shows them.
fn by_dashboard(
    shown: &BTreeMap<String, Vec<(&Board, &str)>>,
    series: &[String],
    with: impl Fn(&str, &str) -> String,
) -> String {
    let mut boards: Vec<(&str, Vec<&str>)> = Vec::new();
    for (board, part) in series.iter().filter_map(|series| shown.get(series)).flatten() {
        let title = board.head.title.as_str();
        let at = boards.iter().position(|(known, _)| *known == title).unwrap_or(boards.len());
        if at == boards.len() {
            boards.push((title, Vec::new()));
        }
        if !part.is_empty() && !boards[at].1.contains(part) {
            boards[at].1.push(part);
        }
    }
    let told = boards.iter().map(|(title, parts)| match parts.as_slice() {
        [] => (*title).to_owned(),
        parts => with(title, &parts.join(", ")),
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The series of a metric: of a histogram there are three, or one where it is kept natively.
pub(super) fn series(metric: &MetricDef, namespace: &Namespace) -> Vec<String> {
    let name = metric.name_in(namespace);
    match metric.kind {
        Kind::Histogram => ["", "_bucket", "_count", "_sum"].map(|part| format!("{name}{part}")).to_vec(),
        Kind::Counter | Kind::Gauge | Kind::UpDownCounter => vec![name.into_owned()],
    }
}

/// The alert as a link to its runbook, from a page beside `folder`, which ends with a slash.
pub(super) fn link(resolved: &ResolvedAlert, folder: &str) -> String {
    format!("[{}]({folder}runbooks/{}.md)", resolved.alert.name(), resolved.runbook)
}
