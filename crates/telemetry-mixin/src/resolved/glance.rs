//! The row that every dashboard begins with: whether all is well.

use super::board::BoardPanel;
use super::rule::{ResolvedAlert, ResolvedRule, RuleGroup};
use crate::model::{Panel, Query, RecordingRule, Severity, Unit};
use crate::promql::Expression;
use crate::settings::GeneratorSettings;

/// The names of the alerts on which somebody has to act.
pub(super) fn urgent(alerts: &[ResolvedAlert]) -> impl Iterator<Item = String> {
    let urgent = alerts.iter().filter(|resolved| resolved.alert.severity > Severity::Info);
    urgent.map(|resolved| resolved.alert.name().to_owned())
}

/// The rule that records how many of a domain's alerts fire, for each instance of the job that they concern.
///
/// An alert is about a job and carries no instance, by which every query of a dashboard is narrowed; so each instance that
/// was there within the hour is told of its job's. Where nothing fires there is no series.
pub(super) fn firing(domain: &str, alerts: &[ResolvedAlert], settings: &GeneratorSettings) -> Option<ResolvedRule> {
    let names: Vec<String> = urgent(alerts).filter(|name| !settings.disabled_alerts.contains(name)).collect();
    if names.is_empty() {
        return None;
    }
    let labels = settings.aggregation_labels();
    let (names, by) = (names.join("|"), labels.join(", "));
    let instances = format!("group by ({by}, instance) (last_over_time(target_info[1h]))");
    let alerts = format!("count by ({by}) (ALERTS{{alertstate=\"firing\", escalation=\"\", alertname=~\"{names}\"}})");
    let name = format!("{}_instance:{}_alerts:firing", labels.join("_"), domain.replace('-', "_"));
    let rule = RecordingRule::new(name, format!("{instances} * on ({by}) group_left () {alerts}"));
    Some(ResolvedRule { expression: Expression::new(&rule.expression), rule, group: RuleGroup::Own })
}

/// The panels of the row, above the domains of which these rules record how many alerts fire.
pub(super) fn panels<'a>(firing: impl Iterator<Item = &'a str>) -> Vec<BoardPanel> {
    let here = "count(target_info)";
    let alerts: Vec<Query> = firing.map(|rule| counted(rule, here)).collect();
    let exporting = stat(
        "Instances Exporting",
        "Instances of the chosen jobs whose telemetry arrives",
        Unit::Short,
        vec![Query::new(here).legend("instances")],
    );
    let last = stat(
        "Last Export",
        "How long ago the instance told something that has been silent longest, of those that are still there",
        Unit::Seconds,
        vec![Query::new("max(time() - timestamp(target_info))").legend("age")],
    );
    let mut panels = vec![
        exporting.threshold(0.0, "red").threshold(1.0, "green"),
        last.threshold(0.0, "green").threshold(90.0, "red"),
    ];
    if !alerts.is_empty() {
        let firing = stat(
            "Firing Alerts",
            "Alerts of the chosen jobs that fire and on which somebody has to act; the red lines across the panels name them",
            Unit::Short,
            alerts,
        );
        panels.insert(0, firing.threshold(0.0, "green").threshold(1.0, "red"));
    }
    panels.into_iter().map(BoardPanel::new).collect()
}

/// How many alerts a rule says fire, each job's counted once; 0 where instances are and no alert.
fn counted(rule: &str, here: &str) -> Query {
    let domain = rule.split(':').nth(1).unwrap_or(rule).trim_end_matches("_alerts");
    Query::new(format!("sum(max by (job) ({rule})) or 0 * {here}")).legend(domain)
}

fn stat(title: &str, description: &str, unit: Unit, queries: Vec<Query>) -> Panel {
    Panel::stat(title, description, unit, queries).size(6, 4)
}
