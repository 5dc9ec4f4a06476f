//! What stands around dashboards and rules: the programs that receive, evaluate, tell and show, configured for one another.

use super::{alertmanager, collector, compose, prometheus, victoriametrics};
use crate::files::GeneratedFiles;
use crate::promql::Checker;
use crate::resolved::Resolved;
use crate::settings::GeneratorSettings;

/// Prometheus or what takes its place, Alertmanager, collectors, and all of them on one host.
pub(crate) fn files(domains: &[Resolved], settings: &GeneratorSettings, checker: &Checker, files: &mut GeneratedFiles) {
    for domain in domains {
        if let Some(copies) = prometheus::escalation_file(domain, settings) {
            files.insert(format!("deploy/prometheus/escalation/{}.yaml", domain.name), copies);
        }
    }
    prometheus::config(settings, files);
    alertmanager::files(domains, settings, checker, files);
    victoriametrics::files(settings, files);
    collector::configurations(settings, files);
    compose::files(settings, files);
}
