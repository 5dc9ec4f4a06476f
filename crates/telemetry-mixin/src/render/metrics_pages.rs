//! The pages on metrics: one for each crate, and an index.

use std::fmt::Write as _;

use telemetry_core::{Catalogue, LabelDef, LabelValues, MetricDef, Namespace};

use crate::files::{GeneratedFiles, NOTICE};

const INTRODUCTION: &str = "\
Names are those that Prometheus shows. Every series also carries `job` and `instance`. A label of free text keeps \
a bounded number of values; the ones after that fold into `_other`. A detail label is left out unless it is turned on.";

/// One page for each crate, and an index of all metrics.
pub(crate) fn pages(catalogues: &[Catalogue], namespace: &Namespace, files: &mut GeneratedFiles) {
    let mut index = format!("<!-- {NOTICE} -->\n\n# Metrics\n\n{INTRODUCTION}\n");
    for catalogue in catalogues.iter().filter(|catalogue| catalogue.metrics().next().is_some()) {
        let name = catalogue.crate_name();
        let page = format!("<!-- {NOTICE} -->\n\n# Metrics of {name}\n\n{}", details(catalogue, namespace));
        files.insert(format!("docs/metrics/{name}.md"), page);
        write!(index, "\n## [{name}]({name}.md)\n\n{}", table(catalogue, namespace))
            .expect("writing into a string never fails");
    }
    files.insert("docs/metrics/README.md".to_owned(), index);
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

fn details(catalogue: &Catalogue, namespace: &Namespace) -> String {
    catalogue.metrics().map(|metric| detail(metric, namespace)).collect::<Vec<_>>().join("\n")
}

fn detail(metric: &MetricDef, namespace: &Namespace) -> String {
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

/// A text within a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}
