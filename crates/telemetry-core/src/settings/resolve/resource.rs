//! Who sends the telemetry, checked.

use std::collections::BTreeMap;

use super::layers::Layers;
use crate::settings::declared::Attributes;
use crate::settings::problems::Problems;

/// What the specification calls a service without a name.
const UNKNOWN: &str = "unknown_service";

/// A checked [`Resource`](crate::settings::Resource).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedResource {
    /// The service's name, never empty.
    pub service_name: String,
    /// Attributes other than `service.name`, by key.
    pub attributes: BTreeMap<String, String>,
}

/// Name and attributes.
pub(super) fn resolve(layers: &Layers, problems: &mut Problems) -> ResolvedResource {
    let resource = layers.settings.resource.clone();
    let service_name = resource.service_name.unwrap_or_else(|| {
        problems.add(layers.refuse("resource.service_name", "nothing", "a name that is not empty"));
        UNKNOWN.to_owned()
    });
    ResolvedResource { service_name, attributes: resource.attributes.map(Attributes::into_map).unwrap_or_default() }
}
