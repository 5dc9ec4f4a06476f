//! The pages on what to do: one for each runbook, and an index.

use std::fmt::Write as _;

use super::dashboard_url::dashboard_url;
use super::markdown::code;
use crate::files::{GeneratedFiles, NOTICE};
use crate::resolved::{Resolved, ResolvedAlert};
use crate::settings::GeneratorSettings;

/// One page for each runbook, with the alerts that lead to it, and an index.
pub(crate) fn pages(domains: &[Resolved], settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let mut index = format!("<!-- {NOTICE} -->\n\n# Runbooks\n\nOne page for each alert.\n");
    for domain in domains.iter().filter(|domain| !domain.runbooks.is_empty()) {
        writeln!(index, "\n## {}\n\n| alert | severity | team | summary |\n| --- | --- | --- | --- |", domain.name)
            .expect("writing into a string never fails");
        for resolved in &domain.alerts {
            let alert = &resolved.alert;
            let page = format!("[{}]({}.md)", alert.name(), resolved.runbook);
            writeln!(
                index,
                "| {page} | {} | {} | {} |",
                settings.severities.of(alert.severity),
                alert.team,
                alert.summary
            )
            .expect("writing into a string never fails");
        }
        for runbook in &domain.runbooks {
            let alerts = domain.alerts.iter().filter(|alert| alert.runbook == runbook.name);
            let facts: String = alerts.map(|alert| facts(alert, settings)).collect();
            let (title, rest) = runbook.text.split_once('\n').unwrap_or((&runbook.text, ""));
            let page = format!("<!-- {NOTICE} -->\n\n{title}\n\n{facts}\n{}\n", rest.trim());
            files.insert(format!("docs/runbooks/{}.md", runbook.name), page);
        }
    }
    files.insert("docs/runbooks/README.md".to_owned(), index);
}

/// What the alert says, so that the reader need not look the rule up.
fn facts(resolved: &ResolvedAlert, settings: &GeneratorSettings) -> String {
    let alert = &resolved.alert;
    let dashboard = dashboard_url(&alert.dashboard, settings);
    let own = resolved.own_thresholds().map(|(value, threshold)| format!("- {}: {threshold}\n", code(&value)));
    let mut own: String = own.collect();
    if !own.is_empty() {
        own.insert_str(0, "These have thresholds of their own:\n\n");
        own.push('\n');
    }
    format!(
        "Alert `{}`, severity {}, team {}: {}. It fires when this holds for {}:\n\n```promql\n{}\n```\n\n{own}Dashboard: <{dashboard}>\n",
        alert.name(),
        settings.severities.of(alert.severity),
        alert.team,
        alert.summary,
        alert.hold,
        alert.expression,
    )
}
