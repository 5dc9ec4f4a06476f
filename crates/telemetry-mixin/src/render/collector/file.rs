//! The configurations as they are, but for the head of each.

use crate::files::{GeneratedFiles, NOTICE};
use crate::render::victoriametrics::takes_otlp;
use crate::settings::{Backend, GeneratorSettings};

const FILES: [(&str, &str); 4] = [
    ("collector.yaml", include_str!("collector.yaml")),
    ("agent.yaml", include_str!("agent.yaml")),
    ("gateway.yaml", include_str!("gateway.yaml")),
    ("load-balancer.yaml", include_str!("load-balancer.yaml")),
];

/// What is laid over them where metrics are pushed.
const PUSH_TO_PROMETHEUS: (&str, &str) = ("push-to-prometheus.yaml", include_str!("push-to-prometheus.yaml"));
const PUSH_TO_VICTORIAMETRICS: (&str, &str) =
    ("push-to-victoriametrics.yaml", include_str!("push-to-victoriametrics.yaml"));

/// One collector for all, or an agent beside the applications and gateways behind it. Addresses and sizes come from the
/// collector's environment, and of the generator's settings only the back end counts.
pub(crate) fn configurations(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let pushed = match settings.backend {
        Backend::VictoriaMetrics => takes_otlp(settings).then_some(PUSH_TO_VICTORIAMETRICS),
        Backend::Prometheus | Backend::Mimir => Some(PUSH_TO_PROMETHEUS),
    };
    for (name, text) in FILES.into_iter().chain(pushed) {
        files.insert(format!("deploy/otel-collector/{name}"), format!("# {NOTICE}\n#\n{text}"));
    }
}
