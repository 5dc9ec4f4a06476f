//! What an operator's settings get wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use telemetry_core::Namespace;

use super::place::{place_of, unfit};
use super::{burn, notify, resources, slo};
use crate::model::{Alert, Domain, Severity};
use crate::promql::{BOUND, Checker, Finding, Problem, Role, in_namespace, listing, nearest};
use crate::settings::{Backend, GeneratorSettings, Histograms, PROJECT, SeverityWords, TEAM, WORD, is_label, time};

/// What is wrong with the settings themselves: a domain or an alert that there is not, a time that is none.
pub(crate) fn mistakes(settings: &GeneratorSettings, domains: &[Domain]) -> Vec<Finding> {
    let short: Vec<&str> = domains.iter().map(|domain| domain.name.as_str()).collect();
    let names: Vec<&str> = domains.iter().flat_map(|domain| [&domain.name, domain.catalogue.crate_name()]).collect();
    let declared = declared(settings, domains);
    let alerts: Vec<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
    let unknown_domains = settings.domains.iter().filter(|wanted| !names.contains(&wanted.as_str()));
    let mut findings: Vec<Finding> =
        unknown_domains.map(|wanted| unknown("domains", "domain", wanted, meant(wanted, &names, &short))).collect();
    let is_unknown = |name: &&String| !alerts.contains(&name.as_str());
    for name in settings.alerts.keys().filter(is_unknown) {
        findings.push(unknown(&format!("alerts.{name}"), "alert", name, meant(name, &alerts, &alerts)));
    }
    for name in settings.disabled_alerts.iter().filter(is_unknown) {
        findings.push(unknown("disabled_alerts", "alert", name, meant(name, &alerts, &alerts)));
    }
    for alert in domains.iter().flat_map(|domain| &domain.mixin.alerts) {
        let name = in_namespace(alert.name(), &settings.namespace);
        let Some(own) = settings.alerts.get(&*name) else { continue };
        for (set, variable) in [(own.threshold.is_some(), "$threshold"), (own.window.is_some(), "$window")] {
            if set && !alert.expression.contains(variable) {
                let message = format!("the expression has no {variable} that could be set");
                findings.push(Finding::about(place_of(&format!("alerts.{name}")), message));
            }
        }
        if let Some(window) = own.window.as_ref().filter(|_| alert.expression.contains("[$window:1h]"))
            && time(window).is_none_or(|window| window.as_secs() % 3600 != 0)
        {
            let message = format!("`{window}` is not of whole hours, which are what is added up");
            findings.push(Finding::about(place_of(&format!("alerts.{name}.window")), message));
        }
    }
    objectives(settings, domains, &mut findings);
    intervals(settings, &mut findings);
    if let Some(jobs) = settings.jobs_in_quotes().filter(|jobs| !is_pattern(jobs)) {
        findings.push(Finding::about(place_of("jobs"), format!("\"{jobs}\" cannot be read as a regular expression")));
    }
    let is_other = |label: &&String| !is_label(label) || is_of_identity(label, settings) || *label == BOUND;
    for label in settings.common_labels.iter().filter(is_other) {
        let message = if label == BOUND {
            "`le` tells the buckets of a histogram apart".to_owned()
        } else if is_label(label) {
            format!("every series has `{label}` anyway")
        } else {
            format!("`{label}` is no name of a label, which is of letters, digits and underscores")
        };
        findings.push(Finding::about(place_of("aggregation_labels"), message));
    }
    findings.extend(teams(settings, &declared));
    findings.extend(severities(&settings.severities));
    identity(settings, &mut findings);
    findings.extend(resources::mistakes(&settings.kubernetes));
    if let Some(project) = settings.perses_project.as_ref().filter(|project| !(PROJECT.fits)(project)) {
        findings.push(unfit("perses.project", project, &PROJECT));
    }
    if settings.backend == Backend::VictoriaMetrics && settings.histograms == Histograms::Native {
        let message = "VictoriaMetrics keeps no native histograms with custom buckets; accepted with it is `classic`";
        findings.push(Finding::about(place_of("histograms"), message.to_owned()));
    }
    findings
}

/// Times that are none, or that are too long for the windows of five minutes that rates are taken over.
fn intervals(settings: &GeneratorSettings, findings: &mut Vec<Finding>) {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    for (setting, interval, most, why) in [
        ("export_interval", &settings.export_interval, 2, "rates over 5m need two values in it"),
        ("rule_interval", &settings.rule_interval, 5, "what is recorded of 5m would leave gaps"),
    ] {
        let message = match time(interval) {
            None => format!("`{interval}` is no time above zero, such as 15s"),
            Some(time) if time > minutes(most) => format!("`{interval}` is more than {most}m: {why}"),
            Some(_) => continue,
        };
        findings.push(Finding::about(place_of(setting), message));
    }
}

/// Whether Prometheus reads it, in quotes, as a regular expression.
fn is_pattern(quoted: &str) -> bool {
    let checker = Checker::new(&[], &Namespace::DEFAULT);
    checker.check(&format!("up{{job=~\"{quoted}\"}}"), Role::Panel).is_ok()
}

/// What is wrong with who acts, and with who is told.
fn teams(settings: &GeneratorSettings, declared: &[(String, String)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known: BTreeSet<&str> = declared.iter().map(|(_, team)| team.as_str()).collect();
    let known: Vec<&str> = known.into_iter().collect();
    for team in settings.teams.keys().filter(|team| !known.contains(&team.as_str())) {
        findings.push(unknown(&format!("teams.{team}"), "team", team, meant(team, &known, &known)));
    }
    let of_alerts =
        settings.alerts.iter().filter_map(|(name, own)| Some((format!("alerts.{name}.team"), own.team.as_ref()?)));
    let chosen = settings.teams.iter().map(|(team, own)| (format!("teams.{team}"), own)).chain(of_alerts);
    for (key, team) in chosen.filter(|(_, team)| !(TEAM.fits)(team)) {
        findings.push(unfit(&key, team, &TEAM));
    }
    let acts = |(name, team): &'_ (String, String)| {
        let own = settings.alerts.get(name).and_then(|own| own.team.as_ref());
        own.or_else(|| settings.teams.get(team)).unwrap_or(team).clone()
    };
    findings.extend(notify::mistakes(&settings.alertmanager, &declared.iter().map(acts).collect()));
    findings
}

/// Words that are none, or of which two are the same.
fn severities(words: &SeverityWords) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for severity in Severity::ALL {
        let word = words.of(severity);
        let key = format!("severities.{severity}");
        if !(WORD.fits)(word) {
            findings.push(unfit(&key, word, &WORD));
        } else if !seen.insert(word) {
            findings.push(Finding::about(place_of(&key), format!("`{word}` is what another severity is called, too")));
        }
    }
    findings
}

/// The names of all alerts, those on objectives among them, and their teams.
fn declared(settings: &GeneratorSettings, domains: &[Domain]) -> Vec<(String, String)> {
    let named = |alert: &Alert| (in_namespace(alert.name(), &settings.namespace).into_owned(), alert.team.clone());
    let mut all = Vec::new();
    for mixin in domains.iter().map(|domain| &domain.mixin) {
        all.extend(mixin.alerts.iter().map(named));
        let objectives = mixin.slos.iter().map(|slo| slo::configured(slo, settings));
        all.extend(objectives.flat_map(|slo| burn::alerts(&slo)).map(|alert| named(&alert)));
    }
    all
}

fn is_of_identity(label: &str, settings: &GeneratorSettings) -> bool {
    ["job", "instance", settings.job(), settings.instance()].contains(&label)
}

/// Names by which nobody could be told apart.
fn identity(settings: &GeneratorSettings, findings: &mut Vec<Finding>) {
    let names = [("job", settings.job()), ("instance", settings.instance()), ("info", settings.info())];
    for (key, name) in names.into_iter().filter(|(_, name)| !is_label(name)) {
        let message = format!("`{name}` is no name of letters, digits and underscores");
        findings.push(Finding::about(place_of(&format!("identity.{key}")), message));
    }
    if settings.job() == settings.instance() {
        let message = format!("`{}` tells services apart already", settings.instance());
        findings.push(Finding::about(place_of("identity.instance"), message));
    }
    for (key, name, others) in
        [("job", settings.job(), ["instance", BOUND]), ("instance", settings.instance(), ["job", BOUND])]
    {
        if others.contains(&name) {
            let message = format!("`{name}` has another meaning in Prometheus");
            findings.push(Finding::about(place_of(&format!("identity.{key}")), message));
        }
    }
    if settings.all().is_empty() || settings.all().contains(['"', '\\']) {
        let message = format!("`{}` is no regular expression such as `.+` or `.*`", settings.all());
        findings.push(Finding::about(place_of("grafana.all_value"), message));
    }
}

/// Objectives that nobody declares, and those that nobody can keep or miss.
fn objectives(settings: &GeneratorSettings, domains: &[Domain], findings: &mut Vec<Finding>) {
    let known: Vec<_> = domains
        .iter()
        .flat_map(|domain| &domain.mixin.slos)
        .map(|slo| in_namespace(slo.name(), &settings.namespace))
        .collect();
    let known: Vec<&str> = known.iter().map(|name| &**name).collect();
    for (name, objective) in &settings.objectives {
        if !known.contains(&name.as_str()) {
            findings.push(unknown("objectives", "objective", name, meant(name, &known, &known)));
        } else if !slo::is_share(*objective) {
            let message = format!("`{objective}` is no share of good events between 0 and 1, such as 0.99");
            findings.push(Finding::about(place_of(&format!("objectives.{name}")), message));
        }
    }
}

/// The name that is spelled most like it, else all that there are.
fn meant(name: &str, known: &[&str], listed: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", listing(listed.iter().copied())),
    }
}

fn unknown(setting: &str, what: &str, name: &str, help: String) -> Finding {
    let problem = Problem::new(format!("there is no {what} `{name}`"), 0..0).help(help);
    Finding::of(place_of(setting), "", problem)
}
