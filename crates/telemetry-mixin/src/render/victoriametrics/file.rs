//! What VictoriaMetrics scrapes.

use crate::files::{GeneratedFiles, NOTICE};
use crate::settings::{Backend, GeneratorSettings};

const OVER_OTLP: &str = include_str!("scrape.yaml");
const SCRAPED: &str = include_str!("scrape-all.yaml");

/// Whether the collector pushes to it: scraped, series have a `job`.
pub(crate) fn takes_otlp(settings: &GeneratorSettings) -> bool {
    settings.backend == Backend::VictoriaMetrics && settings.job() != "job"
}

/// The scrape of the collector, and of applications where they are not pushed.
pub(crate) fn files(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    if settings.backend != Backend::VictoriaMetrics {
        return;
    }
    let template = if takes_otlp(settings) { OVER_OTLP } else { SCRAPED };
    let text = template
        .replace("$EXPORT_INTERVAL", &settings.export_interval)
        .replace("$JOB", settings.job())
        .replace("$INSTANCE", settings.instance());
    files.insert("deploy/victoriametrics/scrape.yaml".to_owned(), format!("# {NOTICE}\n#\n{text}"));
}
