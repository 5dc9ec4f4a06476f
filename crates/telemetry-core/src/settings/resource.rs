//! Settings of who sends the telemetry.

use std::collections::BTreeMap;

use super::SettingsError;
use super::layers::Layers;
use super::list::Attributes;
use super::variable::{At, Variable};

/// Who sends the telemetry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resource {
    /// The service's name: `OTEL_SERVICE_NAME`. It counts more than a `service.name` among the attributes of the same
    /// source. Default: what the application calls itself.
    pub service_name: Option<String>,
    /// Further attributes: `OTEL_RESOURCE_ATTRIBUTES`, such as
    /// `service.version=1.4.0,deployment.environment.name=staging`, in a file a map. Those of several sources are
    /// joined. Default: none.
    pub attributes: Option<Attributes>,
}

/// A checked [`Resource`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedResource {
    /// The service's name, never empty.
    pub service_name: String,
    /// Attributes other than `service.name`, by key.
    pub attributes: BTreeMap<String, String>,
}

pub(super) const SERVICE_NAME: &str = "service.name";
const NAME: &str = "resource.service_name";
const ATTRIBUTES: &str = "resource.attributes";

pub(super) const VARIABLES: &[Variable] = &[
    Variable::new(NAME, "OTEL_SERVICE_NAME", "checkout", &At(|s| &mut s.resource.service_name)),
    Variable::new(ATTRIBUTES, "OTEL_RESOURCE_ATTRIBUTES", "service.version=1.4.0", {
        &At(|s| &mut s.resource.attributes)
    }),
];

impl Resource {
    /// Makes a `service.name` among the attributes the service's name, unless there is one.
    pub(super) fn settle_service_name(&mut self) {
        let named = self.attributes.as_mut().and_then(|attributes| attributes.remove(SERVICE_NAME));
        self.service_name = self.service_name.take().or(named);
    }
}

/// Name and attributes.
pub(super) fn resolve(layers: &Layers) -> Result<ResolvedResource, SettingsError> {
    let resource = &layers.settings.resource;
    let service_name = resource.service_name.clone().unwrap_or_default();
    if service_name.trim().is_empty() {
        return Err(layers.refuse(NAME, format!("{service_name:?}"), "a name that is not empty"));
    }
    let attributes: BTreeMap<String, String> = resource
        .attributes
        .iter()
        .flat_map(Attributes::iter)
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    if attributes.contains_key("") {
        return Err(layers.refuse(ATTRIBUTES, "an empty key", "attributes whose keys are not empty"));
    }
    Ok(ResolvedResource { service_name, attributes })
}
