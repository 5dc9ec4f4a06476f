//! The checker on files that users bring: rules of Prometheus and dashboards of Grafana.

use serde::Deserialize;
use serde_json::Value;
use telemetry_core::readable;

use crate::promql::{Checker, Expression, Finding, Role, cut};
use crate::render::prometheus::{Rule, RuleFile};

/// A file that is neither a rules file nor a dashboard.
#[derive(thiserror::Error)]
pub enum VerifyError {
    /// It is no YAML of groups of rules.
    #[error("this is no Prometheus rules file: {}", readable(reason).keep_lines())]
    Rules {
        /// What the parser says, with the line.
        reason: String,
    },
    /// It is no JSON, or has no panels.
    #[error("this is no Grafana dashboard: {}", readable(reason).keep_lines())]
    Dashboard {
        /// What the parser says, with the line.
        reason: String,
    },
}

telemetry_core::debug_as_display!(VerifyError);

/// How much of a name stands in each finding's place, in bytes.
const LONGEST_NAME: usize = 200;

/// How much is kept of what a parser says, in bytes.
const LONGEST_REASON: usize = 2_000;

/// A rules file on its own, or wrapped in the resource that the Prometheus operator reads.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyRules {
    Plain(RuleFile),
    Resource { spec: RuleFile },
}

/// Checks every expression of a Prometheus rules file; its recording rules become known to the checker.
///
/// ```
/// use telemetry_core::Namespace;
/// use telemetry_mixin::check_rules;
/// use telemetry_mixin::promql::Checker;
///
/// let rules = "groups:\n- name: own\n  rules:\n  - alert: Down\n    expr: up{jb=\"api\"} == 0\n";
/// let findings = check_rules(&mut Checker::new(&[], &Namespace::DEFAULT), rules)?;
/// assert_eq!(findings[0].place, "alert `Down` of group `own`");
/// # Ok::<(), telemetry_mixin::VerifyError>(())
/// ```
///
/// # Errors
///
/// [`VerifyError::Rules`] when the text is no rules file at all.
pub fn check_rules(checker: &mut Checker, text: &str) -> Result<Vec<Finding>, VerifyError> {
    let rules: AnyRules =
        serde_saphyr::from_str(text).map_err(|error| VerifyError::Rules { reason: reason(&error) })?;
    let (AnyRules::Plain(file) | AnyRules::Resource { spec: file }) = rules;
    let groups: Vec<(String, Vec<(Rule, Expression)>)> = file
        .groups
        .into_iter()
        .map(|group| {
            let read = |rule: Rule| {
                let expression = Expression::new(rule.expr.trim_end());
                (rule, expression)
            };
            (group.name, group.rules.into_iter().map(read).collect())
        })
        .collect();
    // A rule may read what another records that comes after it.
    for (rule, expression) in groups.iter().flat_map(|(_, rules)| rules) {
        if let Some(name) = &rule.record {
            let labels: Vec<String> = rule.labels.keys().cloned().collect();
            checker.add_recorded(name, expression, &labels);
        }
    }
    let mut findings = Vec::new();
    for (group, rules) in &groups {
        let group = cut(group, LONGEST_NAME);
        for (rule, expression) in rules {
            let (role, what) = named(rule);
            check(checker, expression, role, &format!("{what} of group `{group}`"), &mut findings);
        }
    }
    Ok(findings)
}

/// What a parser says, as far as it is not the file again.
fn reason(error: &impl ToString) -> String {
    cut(&error.to_string(), LONGEST_REASON).into_owned()
}

fn named(rule: &Rule) -> (Role, String) {
    let name = |name: &str| cut(name, LONGEST_NAME).into_owned();
    match (&rule.record, &rule.alert) {
        (Some(record), _) => (Role::Recording, format!("recording rule `{}`", name(record))),
        (None, Some(alert)) => (Role::Alert, format!("alert `{}`", name(alert))),
        (None, None) => (Role::Alert, "a rule that neither records nor alerts".to_owned()),
    }
}

/// Checks every query of a Grafana dashboard, rows and library exports included.
///
/// # Errors
///
/// [`VerifyError::Dashboard`] when the text is no dashboard at all.
pub fn check_dashboard(checker: &Checker, text: &str) -> Result<Vec<Finding>, VerifyError> {
    let value: Value = serde_json::from_str(text).map_err(|error| VerifyError::Dashboard { reason: reason(&error) })?;
    // The HTTP API wraps a dashboard in an object.
    let dashboard = value.get("dashboard").filter(|inner| inner.is_object()).unwrap_or(&value);
    let Some(panels) = dashboard.get("panels").and_then(Value::as_array) else {
        return Err(VerifyError::Dashboard { reason: "it has no `panels`".to_owned() });
    };
    let title = &*cut(dashboard.get("title").and_then(Value::as_str).unwrap_or(""), LONGEST_NAME);
    let mut findings = Vec::new();
    for variable in dashboard.pointer("/templating/list").and_then(Value::as_array).into_iter().flatten() {
        variable_of(checker, variable, title, &mut findings);
    }
    for panel in panels {
        panel_of(checker, panel, title, &mut findings);
    }
    Ok(findings)
}

/// A variable that lists a label of a series: `label_values(series, label)`.
fn variable_of(checker: &Checker, variable: &Value, dashboard: &str, findings: &mut Vec<Finding>) {
    let query = variable.get("query");
    let text = query.and_then(|query| query.get("query").unwrap_or(query).as_str()).unwrap_or_default();
    let listed = text.trim().strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
    let Some((series, label)) = listed.and_then(|listed| listed.rsplit_once(',')) else { return };
    let name = cut(variable.get("name").and_then(Value::as_str).unwrap_or(""), LONGEST_NAME);
    let place = format!("variable `{name}` of dashboard \"{dashboard}\"");
    let series = Expression::new(series.trim());
    if let Err(problems) = checker.check_listing(&series, label.trim()) {
        findings.extend(problems.into_iter().map(|problem| Finding::of(place.clone(), series.text(), problem)));
    }
}

fn panel_of(checker: &Checker, panel: &Value, dashboard: &str, findings: &mut Vec<Finding>) {
    let title = cut(panel.get("title").and_then(Value::as_str).unwrap_or(""), LONGEST_NAME);
    let place = format!("panel \"{title}\" of dashboard \"{dashboard}\"");
    for target in panel.get("targets").and_then(Value::as_array).into_iter().flatten() {
        if let Some(text) = target.get("expr").and_then(Value::as_str).filter(|text| !text.trim().is_empty()) {
            check(checker, &Expression::new(text), Role::Panel, &place, findings);
        }
    }
    for nested in panel.get("panels").and_then(Value::as_array).into_iter().flatten() {
        panel_of(checker, nested, dashboard, findings);
    }
}

fn check(checker: &Checker, expression: &Expression, role: Role, place: &str, findings: &mut Vec<Finding>) {
    if let Err(problems) = checker.check_expression(expression, role) {
        findings.extend(problems.into_iter().map(|problem| Finding::of(place, expression.text(), problem)));
    }
}
