//! What is scraped of the collector, as Prometheus and VictoriaMetrics read it.

use std::fmt::Write as _;

use super::needs::is_pushed;
use super::relabel::{Relabel, of_samples, of_target};
use crate::settings::{GeneratorSettings, Histograms};

/// How Prometheus is told to make native histograms of what it scrapes.
const NATIVE: &str = "    # Histograms as native ones with custom buckets, which rules and dashboards read.\n    convert_classic_histograms_to_nhcb: true\n";

/// The list below `scrape_configs`: what applications exported, unless it is pushed, and what the collector says of itself.
pub(crate) fn scrape_configs(settings: &GeneratorSettings) -> String {
    let mut text = String::new();
    if !is_pushed(settings) {
        text.push_str("  - job_name: applications\n");
        text.push_str(
            "    # The applications' own job and instance, and not the collector's.\n    honor_labels: true\n",
        );
        text.push_str(if settings.histograms == Histograms::Native { NATIVE } else { "" });
        relabelled("metric_relabel_configs", &of_samples(settings), &mut text);
        target(8889, &mut text);
    }
    text.push_str("  - job_name: otel-collector\n");
    relabelled("relabel_configs", &of_target(settings), &mut text);
    target(8888, &mut text);
    text
}

fn relabelled(key: &str, labels: &[Relabel<'_>], text: &mut String) {
    if labels.is_empty() {
        return;
    }
    text.push_str("    # By the labels by which services and processes are told apart, where nothing says them.\n");
    writeln!(text, "    {key}:").expect("writing into a string never fails");
    for Relabel { label, from } in labels {
        let fits = Relabel::FITS;
        writeln!(
            text,
            "      - source_labels: [{label}, {from}]\n        regex: \"{fits}\"\n        target_label: {label}"
        )
        .expect("writing into a string never fails");
    }
}

fn target(port: u16, text: &mut String) {
    writeln!(text, "    static_configs:\n      - targets: [\"otel-collector:{port}\"]")
        .expect("writing into a string never fails");
}
