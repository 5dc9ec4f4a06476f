//! The pages on metrics: one for each crate, and an index.

use std::fmt::Write as _;

use telemetry_core::{Catalogue, LabelDef, LabelValues, MetricDef, Namespace};

use super::markdown::cell;
use super::readers::{Readers, series};
use crate::files::{GeneratedFiles, NOTICE};
use crate::promql::Finding;
use crate::resolved::Resolved;
use crate::settings::GeneratorSettings;

/// What holds for all metrics, with the labels that every series has.
fn introduction(settings: &GeneratorSettings) -> String {
    let all =
        [settings.job(), settings.instance()].into_iter().chain(settings.common_labels.iter().map(String::as_str));
    let labels = all.map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
    format!(
        "Names are those that Prometheus shows. Every series also carries the labels {labels}. A label of free text keeps a bounded \
         number of values; the ones after that fold into `_other`. A detail label is left out unless it is turned on."
    )
}

/// One page for each crate, and an index of all metrics. Of the readers the first are those that are rendered, and the second
/// all that are declared.
///
/// # Errors
///
/// A reason why nothing reads a metric, of one that there is not or that is read.
pub(crate) fn pages(
    domains: &[Resolved],
    (readers, all): (&Readers<'_>, &Readers<'_>),
    settings: &GeneratorSettings,
    files: &mut GeneratedFiles,
) -> Result<(), Finding> {
    let namespace = &settings.namespace;
    let mut index = format!("<!-- {NOTICE} -->\n\n# Metrics\n\n{}\n", introduction(settings));
    for domain in domains {
        reasons(domain, all, namespace)?;
        let catalogue = &domain.catalogue;
        if catalogue.metrics().next().is_none() {
            continue;
        }
        let name = catalogue.crate_name();
        let details: Vec<String> =
            catalogue.metrics().map(|metric| detail(metric, domain, (readers, all), namespace)).collect();
        let page = format!("<!-- {NOTICE} -->\n\n# Metrics of {name}\n\n{}", details.join("\n"));
        files.insert(format!("docs/metrics/{name}.md"), page);
        write!(index, "\n## [{name}]({name}.md)\n\n{}", table(catalogue, namespace))
            .expect("writing into a string never fails");
    }
    files.insert("docs/metrics/README.md".to_owned(), index);
    Ok(())
}

/// Whether every reason is of a metric that there is and that nothing reads.
fn reasons(domain: &Resolved, readers: &Readers<'_>, namespace: &Namespace) -> Result<(), Finding> {
    for (name, _) in &domain.unread {
        let place = format!("metric `{name}` of domain `{}`", domain.name);
        match domain.catalogue.metrics().find(|metric| metric.name_in(namespace) == *name) {
            None => return Err(Finding::about(place, "there is no such metric, and a reason why nothing reads it")),
            Some(metric) if readers.read_metric(metric, namespace) => {
                return Err(Finding::about(place, "it is read, and there is a reason why it is not"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The metrics of a crate in a table.
pub(crate) fn table(catalogue: &Catalogue, namespace: &Namespace) -> String {
    let mut table = String::from("| metric | kind | labels | help |\n| --- | --- | --- | --- |\n");
    for metric in catalogue.metrics() {
        let labels: Vec<String> = metric.labels().map(|label| format!("`{}`", label.name)).collect();
        let row = [
            format!("`{}`", metric.name_in(namespace)),
            metric.kind.as_str().to_owned(),
            labels.join(", "),
            cell(metric.help),
        ];
        writeln!(table, "| {} |", row.join(" | ")).expect("writing into a string never fails");
    }
    table
}

fn detail(
    metric: &MetricDef,
    domain: &Resolved,
    (readers, all): (&Readers<'_>, &Readers<'_>),
    namespace: &Namespace,
) -> String {
    let mut text = format!("## `{}`\n\n{}.\n\n", metric.name_in(namespace), metric.help.trim_end_matches('.'));
    let mut line = |name: &str, value: &str| {
        writeln!(text, "- {name}: {value}").expect("writing into a string never fails");
    };
    line("kind", metric.kind.as_str());
    if !metric.unit.is_empty() {
        line("unit", &format!("`{}`", metric.unit));
    }
    if !metric.buckets.is_empty() {
        let bounds: Vec<String> = metric.buckets.iter().map(ToString::to_string).collect();
        line("buckets", &bounds.join(", "));
    }
    if metric.observable {
        line("read", "at every collection; a series ends with what it tells of");
    }
    for label in metric.labels() {
        line(&format!("label `{}`", label.name), &values(label));
    }
    let series = series(metric, namespace);
    for (what, readers) in [("shown on", readers.panels(&series)), ("alerts", readers.alerted_on(&series, "../"))] {
        if !readers.is_empty() {
            line(what, &readers);
        }
    }
    if !readers.read_metric(metric, namespace) {
        let reason = domain.unread.iter().find(|(name, _)| metric.name_in(namespace) == *name);
        let untold =
            if all.read_metric(metric, namespace) { "what reads it is left out" } else { "no reason is given" };
        line("read by nothing here", reason.map_or(untold, |(_, reason)| reason));
    }
    text
}

fn values(label: &LabelDef) -> String {
    match label.values {
        LabelValues::Closed(values) => values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", "),
        LabelValues::Text => match label.max_values {
            Some(bound) => format!("free text, {bound} values at most"),
            None => "free text".to_owned(),
        },
        LabelValues::Detail => "free text, off unless detail labels are turned on".to_owned(),
        LabelValues::Described(description) => description.to_owned(),
    }
}
