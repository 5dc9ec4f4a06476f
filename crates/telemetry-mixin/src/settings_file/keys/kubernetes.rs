//! The keys of what is chosen of resources of Kubernetes.

use crate::settings::{RESOURCE, RESOURCE_VALUE};
use crate::settings_file::accepts::Accepts::Of;
use crate::settings_file::key::Key;
use crate::settings_file::key::Unset::{Is, Means};
use crate::settings_file::written::quoted;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "kubernetes.namespace",
        meaning: "The namespace that resources of Kubernetes say they are in.",
        unset: Means("none, and whoever applies them says it"),
        accepts: Of(&RESOURCE, |settings, _, namespace| {
            settings.kubernetes.namespace = Some(namespace);
            Ok(())
        }),
    },
    Key {
        path: "kubernetes.applications_port",
        meaning: "The port of the collector's service that shows what applications exported, by its name.",
        unset: Is(|settings| quoted(&settings.kubernetes.applications_port)),
        accepts: Of(&RESOURCE, |settings, _, port| {
            settings.kubernetes.applications_port = port;
            Ok(())
        }),
    },
    Key {
        path: "kubernetes.collector_port",
        meaning: "The port of the collector's service that shows what it says of itself, by its name.",
        unset: Is(|settings| quoted(&settings.kubernetes.collector_port)),
        accepts: Of(&RESOURCE, |settings, _, port| {
            settings.kubernetes.collector_port = port;
            Ok(())
        }),
    },
    Key {
        path: "kubernetes.labels.<label>",
        meaning: "A label of every resource. Prometheus's operator picks rules and monitors by such, kube-prometheus-stack's \
                  by `release`.",
        unset: Means("none"),
        accepts: Of(&RESOURCE_VALUE, |settings, names, value| {
            settings.kubernetes.labels.insert(names[0].to_owned(), value);
            Ok(())
        }),
    },
    Key {
        path: "kubernetes.collector_labels.<label>",
        meaning: "A label of the collector's service. None but those that are set are asked for.",
        unset: Means("`\"app.kubernetes.io/name\" = \"opentelemetry-collector\"`"),
        accepts: Of(&RESOURCE_VALUE, |settings, names, value| {
            settings.kubernetes.collector_labels.insert(names[0].to_owned(), value);
            Ok(())
        }),
    },
];
