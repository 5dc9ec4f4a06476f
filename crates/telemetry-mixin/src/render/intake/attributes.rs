//! The attributes of resources that become labels of every series where the collector pushes over OTLP.

use crate::settings::{Backend, GeneratorSettings};

/// The attributes that say which service and which process it is, in every resource.
const IDENTIFYING: [&str; 2] = ["service.name", "service.instance.id"];

/// The attribute that a label is made of.
fn dotted(label: &str) -> String {
    label.replace('_', ".")
}

/// The attributes that the collector has to add for the labels of services and processes, and whose values they take.
pub(crate) fn given_to_resources(settings: &GeneratorSettings) -> Vec<(String, &'static str)> {
    let labels = of_identity(settings).into_iter().zip(IDENTIFYING);
    let given = labels.filter_map(|(label, from)| Some((dotted(label?), from)));
    given.filter(|(attribute, from)| attribute != from).collect()
}

/// What Prometheus is told to make labels of: it makes `job` and `instance` anyway, and keeps the rest of the resource in
/// `target_info`. Besides, whether that has to have attributes that are in `job` and `instance`.
pub(crate) fn promoted_by_prometheus(settings: &GeneratorSettings) -> (Vec<String>, bool) {
    let own: Vec<String> = of_identity(settings).into_iter().flatten().map(dotted).collect();
    let keeps = own.iter().any(|attribute| IDENTIFYING.contains(&attribute.as_str()));
    (unique(own.into_iter().chain(common(settings))), keeps)
}

/// What VictoriaMetrics is told to make labels of: who a process is, and what is shown of it.
pub(crate) fn promoted_by_victoriametrics(settings: &GeneratorSettings) -> Vec<String> {
    let labels = [settings.job(), settings.instance(), "service_version", &settings.instance_label];
    unique(labels.into_iter().map(dotted).chain(common(settings)))
}

/// The labels of a service and of a process that the back end does not make by itself.
fn of_identity(settings: &GeneratorSettings) -> [Option<&str>; 2] {
    let labels = [("job", settings.job()), ("instance", settings.instance())];
    let makes = settings.backend != Backend::VictoriaMetrics;
    labels.map(|(made, label)| (!makes || label != made).then_some(label))
}

/// What the collector adds to every series is an attribute, too, and may be spelled as its label is.
fn common(settings: &GeneratorSettings) -> impl Iterator<Item = String> {
    settings.common_labels.iter().flat_map(|label| [dotted(label), label.clone()])
}

fn unique(attributes: impl Iterator<Item = String>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for attribute in attributes {
        if !unique.contains(&attribute) {
            unique.push(attribute);
        }
    }
    unique
}
