//! What VictoriaMetrics scrapes.

use crate::files::{GeneratedFiles, NOTICE};
use crate::render::intake::{is_pushed, scrape_configs};
use crate::settings::{Backend, GeneratorSettings};

const TEMPLATE: &str = include_str!("scrape.yaml");

const OVER_OTLP: &str = "\
what the collector says of itself. Applications' metrics the collector pushes
# (../otel-collector/push-to-victoriametrics.yaml)";
const SCRAPED: &str = "what applications exported, and what the collector says of itself";

/// The scrape of the collector, and of applications where they are not pushed.
pub(crate) fn files(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    if settings.backend != Backend::VictoriaMetrics {
        return;
    }
    let text = TEMPLATE
        .replace("$SCRAPED_OF", if is_pushed(settings) { OVER_OTLP } else { SCRAPED })
        .replace("$EXPORT_INTERVAL", &settings.export_interval)
        .replace("$SCRAPED", &scrape_configs(settings));
    files.insert("deploy/victoriametrics/scrape.yaml".to_owned(), format!("# {NOTICE}\n#\n{text}"));
}
