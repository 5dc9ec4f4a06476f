//! The configurations as they are, but for the head of each.

use std::fmt::Write as _;

use crate::files::{GeneratedFiles, NOTICE};
use crate::render::intake::{given_to_resources, is_pushed, victoriametrics_flags};
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
/// collector's environment; of the generator's settings the back end counts, and how metrics come there.
pub(crate) fn configurations(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let pushed = match settings.backend {
        Backend::VictoriaMetrics => is_pushed(settings).then_some(PUSH_TO_VICTORIAMETRICS),
        Backend::Prometheus | Backend::Mimir => Some(PUSH_TO_PROMETHEUS),
    };
    let (processors, names) = identifying(settings);
    let flags: Vec<String> = victoriametrics_flags(settings).iter().map(|flag| format!("#   {flag}\n")).collect();
    for (name, text) in FILES.into_iter().chain(pushed) {
        let text = text.replace("$PROCESSORS", &processors).replace("$NAMES", names).replace("$FLAGS", &flags.concat());
        files.insert(format!("deploy/otel-collector/{name}"), format!("# {NOTICE}\n#\n{text}"));
    }
}

/// What gives resources the attributes that become the labels of services and processes, and in which pipeline it stands.
fn identifying(settings: &GeneratorSettings) -> (String, &'static str) {
    let given = given_to_resources(settings);
    if given.is_empty() {
        return (String::new(), "");
    }
    let mut text = "\
processors:
  # By these services and processes are told apart. What an application says stays.
  resource/identity:
    attributes:
"
    .to_owned();
    for (attribute, from) in given {
        writeln!(text, "      - key: {attribute}\n        from_attribute: {from}\n        action: insert")
            .expect("writing into a string never fails");
    }
    text.push('\n');
    (text, "      processors: [memory_limiter, resource/identity]\n")
}
