//! Settings of who sends the telemetry.

use std::collections::BTreeMap;

use crate::setting::{Node, SettingValue, Syntax};

/// Who sends the telemetry.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Resource")]
pub struct Resource {
    /// The service's name. It counts more than a `service.name` among the attributes of the same source.
    #[setting(
        env = "OTEL_SERVICE_NAME", check = check_name, accepts = NAMES, unset = "what the application calls itself",
        example = "checkout"
    )]
    pub service_name: Option<String>,
    /// Further attributes, in a file a map. Those of several sources are joined.
    #[setting(
        env = "OTEL_RESOURCE_ATTRIBUTES", check = Attributes::check, builder = "attribute",
        example = "service.version=1.4.0,deployment.environment.name=staging"
    )]
    pub attributes: Option<Attributes>,
}

const SERVICE_NAME: &str = "service.name";
const NAMES: &str = "a name that is not empty";

#[expect(clippy::ptr_arg, reason = "the derive hands on a reference of the field's own type")]
fn check_name(name: &String) -> Result<(), String> {
    if name.trim().is_empty() { Err(NAMES.to_owned()) } else { Ok(()) }
}

impl Resource {
    /// Makes a `service.name` among the attributes the service's name, unless there is one.
    pub(in crate::settings) fn settle_service_name(&mut self) {
        let named = self.attributes.as_mut().and_then(|attributes| attributes.0.remove(SERVICE_NAME));
        self.service_name = self.service_name.take().or(named);
    }
}

/// Attributes of the resource, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Sets an attribute.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), value.into());
    }

    pub(in crate::settings) fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }

    fn check(&self) -> Result<(), String> {
        if self.0.contains_key("") { Err("attributes whose keys are not empty".to_owned()) } else { Ok(()) }
    }
}

impl SettingValue for Attributes {
    fn accepted(syntax: Syntax) -> String {
        format!("{}, and no empty service.name", <BTreeMap<String, String>>::accepted(syntax))
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let attributes = <BTreeMap<String, String>>::read(node, syntax).ok();
        let named = attributes.filter(|attributes| attributes.get(SERVICE_NAME).is_none_or(|name| !name.is_empty()));
        named.map(Self).ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        self.0.write()
    }

    fn laid_over(self, below: Self) -> Self {
        Self(self.0.laid_over(below.0))
    }
}
