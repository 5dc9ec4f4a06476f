//! Names of resources.

use crate::settings::GeneratorSettings;

/// The name of a resource among those of its kind; it has no underscores.
pub(crate) fn resource_name(name: &str, settings: &GeneratorSettings) -> String {
    format!("{}-{name}", settings.namespace).replace('_', "-")
}

/// A dashboard's, before it is made one among others.
pub(crate) fn dashboard_resource(slug: &str) -> String {
    format!("dashboard-{slug}")
}
