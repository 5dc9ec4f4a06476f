//! The configurations as they are, but for the head of each.

use crate::files::{GeneratedFiles, NOTICE};

const FILES: [(&str, &str); 5] = [
    ("collector.yaml", include_str!("collector.yaml")),
    ("push-to-prometheus.yaml", include_str!("push-to-prometheus.yaml")),
    ("agent.yaml", include_str!("agent.yaml")),
    ("gateway.yaml", include_str!("gateway.yaml")),
    ("load-balancer.yaml", include_str!("load-balancer.yaml")),
];

/// One collector for all, or an agent beside the applications and gateways behind it. Addresses and sizes come from the
/// collector's environment, and nothing from the generator's settings.
pub(crate) fn configurations(files: &mut GeneratedFiles) {
    for (name, text) in FILES {
        files.insert(format!("deploy/otel-collector/{name}"), format!("# {NOTICE}\n#\n{text}"));
    }
}
