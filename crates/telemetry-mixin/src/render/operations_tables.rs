//! Tables for a page that people write: what a domain measures and where it is seen, and what it alerts on.

use std::fmt::Write as _;

use telemetry_core::Namespace;

use super::markdown::{cell, code};
use super::readers::{Readers, link, series};
use crate::files::GeneratedFiles;
use crate::resolved::{Resolved, ResolvedAlert};
use crate::settings::GeneratorSettings;

/// Two parts for each domain, `signals of …` and `alerts of …`. Links lead as from a page in `docs`.
pub(crate) fn parts(
    domains: &[Resolved],
    readers: &Readers<'_>,
    settings: &GeneratorSettings,
    files: &mut GeneratedFiles,
) {
    for domain in domains {
        if domain.catalogue.metrics().next().is_some() {
            files.insert_part(format!("signals of {}", domain.name), signals(domain, readers, &settings.namespace));
        }
        if !domain.alerts.is_empty() {
            files.insert_part(format!("alerts of {}", domain.name), alerts(domain, settings));
        }
    }
}

/// Parts of these domains with nothing in them, so that a page may have them also where the domains are left out.
pub(crate) fn empty_parts<'a>(domains: impl Iterator<Item = &'a Resolved>, files: &mut GeneratedFiles) {
    for domain in domains {
        for part in ["signals", "alerts"] {
            files.insert_part(format!("{part} of {}", domain.name), String::new());
        }
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
            readers.alerted_on(&series, ""),
        ];
        writeln!(table, "| {} |", row.join(" | ")).expect("writing into a string never fails");
    }
    table
}

fn alerts(domain: &Resolved, settings: &GeneratorSettings) -> String {
    let mut table = String::from(
        "| alert | severity | team | says | threshold | window | for |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for resolved in &domain.alerts {
        let alert = &resolved.alert;
        let windowed = [']', ':'].iter().any(|end| alert.expression.contains(&format!("[{}{end}", alert.window)));
        let row = [
            link(resolved, ""),
            settings.severities.of(alert.severity).to_owned(),
            alert.team.clone(),
            cell(&alert.summary),
            thresholds(resolved),
            if windowed { alert.window.clone() } else { String::new() },
            alert.hold.clone(),
        ];
        writeln!(table, "| {} |", row.join(" | ")).expect("writing into a string never fails");
    }
    table
}

/// The threshold of the alert, and those that single values have.
fn thresholds(resolved: &ResolvedAlert) -> String {
    let own = resolved.own_thresholds().map(|(value, threshold)| format!("{}: {threshold}", cell(&code(&value))));
    let usual = resolved.alert.threshold.map(|threshold| threshold.to_string());
    usual.into_iter().chain(own).collect::<Vec<_>>().join("; ")
}
