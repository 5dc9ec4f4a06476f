//! What becomes of domains: mistakes, or files.

use super::check;
use super::values::value_mistakes;
use crate::files::GeneratedFiles;
use crate::model::Domain;
use crate::promql::{Checker, Finding, NativeHistograms};
use crate::render::readers::Readers;
use crate::render::{bundle, grafana, kubernetes, metrics_pages, operations_tables, perses, prometheus, runbook_pages};
use crate::resolved::{Merged, Resolved, identified, identified_boards, kept, merged, mistakes, natively};
use crate::settings::{BundleFormat, DashboardTool, GeneratorSettings};

/// Every mistake in the domains' dashboards, rules, alerts and runbooks, each with its place.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", listed(findings))]
pub struct GenerateErrors {
    /// The mistakes in the order of the declaration.
    pub findings: Vec<Finding>,
}

telemetry_core::debug_as_display!(GenerateErrors);

fn listed(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}

/// Checks the domains and renders all that operators need of them: dashboards and their provisioning, rules and their
/// unit tests, pages of metrics and runbooks.
///
/// Expressions may read the metrics of every domain given, also of those that the settings leave out of the output.
///
/// ```
/// use telemetry_core::{Catalogue, Counter, Metrics};
/// use telemetry_mixin::model::{Dashboard, Domain, Mixin, Panel, Unit};
/// use telemetry_mixin::query::rate;
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// /// What is measured of one mailing list.
/// #[derive(Metrics)]
/// #[metrics(entity(list))]
/// struct MailMetrics {
///     /// Mails handed to the server
///     #[metric(name = "mails_sent_total")]
///     sent: Counter,
/// }
///
/// const CATALOGUE: Catalogue = Catalogue::new("mailer", &[MailMetrics::CATALOGUE]);
/// let panel = Panel::time_series(
///     "Mails Sent",
///     "Mails handed to the server, by list",
///     Unit::per_second("mails"),
///     rate(MailMetrics::SENT).by(["list"]),
/// );
/// let mixin = Mixin::new().dashboard(Dashboard::new("mails", "Mails", "What is sent to whom").panel(panel));
/// let files = generate(&GeneratorSettings::default(), &[Domain::new("mailer", CATALOGUE, mixin)])?;
/// let dashboard = files.get("deploy/grafana/dashboards/mails.json").expect("a dashboard becomes one file");
/// assert!(dashboard.contains(r#"mails_sent_total{job=~\"$job\", instance=~\"$instance\"}"#));
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
///
/// # Errors
///
/// [`GenerateErrors`] with every mistake found, each naming the panel, alert or rule and pointing at the place.
pub fn generate(settings: &GeneratorSettings, domains: &[Domain]) -> Result<GeneratedFiles, GenerateErrors> {
    let mut findings = mistakes(settings, domains);
    findings.extend(value_mistakes(settings, domains));
    let mut resolved: Vec<Resolved> = domains.iter().map(|domain| Resolved::new(domain, settings)).collect();
    findings.extend(check::all(settings, &resolved));
    if !findings.is_empty() {
        return Err(GenerateErrors { findings });
    }
    let native = natively(&mut resolved, settings).map_err(|findings| GenerateErrors { findings })?;
    identified(&mut resolved, settings);
    rendered(settings, &resolved, native.as_ref()).map_err(|finding| GenerateErrors { findings: vec![finding] })
}

/// A checker that knows all that the domains declare: their metrics and what their rules record, objectives included.
///
/// ```
/// use telemetry_mixin::{GeneratorSettings, check_rules, checker};
///
/// let rules = "groups: [{ name: own, rules: [{ alert: Down, expr: up == 0 }] }]";
/// assert!(check_rules(&mut checker(&GeneratorSettings::default(), &[]), rules)?.is_empty());
/// # Ok::<(), telemetry_mixin::VerifyError>(())
/// ```
#[must_use]
pub fn checker(settings: &GeneratorSettings, domains: &[Domain]) -> Checker {
    let mut resolved: Vec<Resolved> = domains.iter().map(|domain| Resolved::new(domain, settings)).collect();
    // What cannot be read natively, the generator tells of.
    let _ = natively(&mut resolved, settings);
    identified(&mut resolved, settings);
    check::identified_checker(settings, &resolved)
}

/// The dashboards of domains that are in the words of the back end.
fn boards<'a>(domains: &'a [Resolved], settings: &GeneratorSettings) -> Vec<Merged<'a>> {
    let mut boards = merged(domains);
    identified_boards(&mut boards, settings);
    boards
}

fn rendered(
    settings: &GeneratorSettings,
    resolved: &[Resolved],
    native: Option<&NativeHistograms>,
) -> Result<GeneratedFiles, Finding> {
    let checker = check::identified_checker(settings, resolved);
    let kept = kept(resolved, settings);
    let mut files = GeneratedFiles::default();
    let shown = boards(&kept, settings);
    for merged in &shown {
        let slug = &merged.board.head.slug;
        for tool in &settings.dashboards {
            let (folder, text) = match tool {
                DashboardTool::Grafana => (grafana::DASHBOARDS, grafana::dashboard(merged, settings, &checker)?),
                DashboardTool::Perses => (perses::DASHBOARDS, perses::dashboard(merged, settings, &checker)?),
            };
            files.insert(format!("{folder}{slug}.json"), text);
        }
    }
    if settings.dashboards.contains(&DashboardTool::Perses) {
        files.insert(perses::PROJECT_PATH.to_owned(), perses::project(settings));
    }
    for domain in &kept {
        let name = &domain.name;
        for (path, text) in [
            (format!("rules/{name}"), prometheus::rule_file(domain, settings)),
            (format!("tests/{name}"), prometheus::test_file(domain, settings, native)?),
            (format!("rules/{name}-objectives"), prometheus::objectives_file(domain, settings)),
            (format!("tests/{name}-objectives"), prometheus::objectives_test_file(domain, settings, native)?),
        ] {
            if let Some(text) = text {
                files.insert(format!("deploy/prometheus/{path}.yaml"), text);
            }
        }
    }
    files.insert(grafana::DASHBOARDS_PATH.to_owned(), grafana::dashboards_provider(settings));
    files.insert(grafana::DATASOURCES_PATH.to_owned(), grafana::datasource(settings));
    bundle::files(&kept, settings, &checker, &mut files);
    let readers = Readers::new(&kept, &shown)?;
    let all_shown = boards(resolved, settings);
    let all = Readers::new(resolved, &all_shown)?;
    metrics_pages::pages(&kept, (&readers, &all), settings, &mut files)?;
    runbook_pages::pages(&kept, settings, &mut files);
    let is_left_out = |domain: &&Resolved| kept.iter().all(|kept| kept.name != domain.name);
    operations_tables::empty_parts(resolved.iter().filter(is_left_out), &mut files);
    operations_tables::parts(&kept, &readers, settings, &mut files);
    Ok(match settings.format {
        BundleFormat::Files => files,
        BundleFormat::Kubernetes => kubernetes::packed(&files, settings),
    })
}
