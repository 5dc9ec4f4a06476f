//! The configuration as a whole, and the files beside it.

use serde::Serialize;

use super::cases;
use super::hours::{TimeInterval, quiet_hours};
use super::inhibit::{InhibitRule, inhibit_rules};
use super::receivers::{Receiver, receivers};
use super::routes::{Route, routes};
use super::team::teams;
use crate::files::{GeneratedFiles, NOTICE};
use crate::promql::Checker;
use crate::render::prometheus::yaml;
use crate::resolved::{Resolved, ResolvedAlert};
use crate::settings::GeneratorSettings;

/// The texts of messages.
const TEMPLATES: &str = include_str!("telemetry.tmpl");

#[derive(Serialize)]
struct Config<'a> {
    route: Route,
    receivers: Vec<Receiver>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inhibit_rules: Vec<InhibitRule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_intervals: Vec<TimeInterval>,
    templates: [&'a str; 1],
}

/// The configuration, the templates of its messages, and cases for `amtool config routes test`.
pub(crate) fn files(domains: &[Resolved], settings: &GeneratorSettings, checker: &Checker, files: &mut GeneratedFiles) {
    let alerts: Vec<&ResolvedAlert> = domains.iter().flat_map(|domain| &domain.alerts).collect();
    let teams = teams(&alerts, settings);
    let config = Config {
        route: routes(&alerts, &teams, settings),
        receivers: receivers(&alerts, &teams, settings),
        inhibit_rules: inhibit_rules(&alerts, settings, checker),
        time_intervals: settings.alertmanager.quiet_hours.iter().map(quiet_hours).collect(),
        templates: ["templates/*.tmpl"],
    };
    files.insert("deploy/alertmanager/alertmanager.yaml".to_owned(), yaml(NOTICE, &config));
    let critical = format!("\"{}\"", settings.severities.critical);
    let templates = TEMPLATES.replace("\"$critical\"", &critical);
    let templates = format!("{{{{/* {NOTICE} */}}}}\n{templates}");
    files.insert("deploy/alertmanager/templates/telemetry.tmpl".to_owned(), templates);
    let cases = cases::cases(&alerts, &teams, settings);
    files.insert("deploy/alertmanager/tests/routes.txt".to_owned(), cases);
}
