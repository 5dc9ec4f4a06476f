//! Where Perses has the dashboards: the project they are in, and their pages.

use super::name::name;
use crate::render::kubernetes::{dashboard_resource, resource_name};
use crate::settings::{BundleFormat, GeneratorSettings};

/// The name of the project. Of resources, Perses' operator makes one for each namespace of Kubernetes.
pub(super) fn project_name(settings: &GeneratorSettings) -> String {
    let namespace = match settings.format {
        BundleFormat::Files => None,
        BundleFormat::Kubernetes => settings.kubernetes.namespace.as_deref(),
    };
    let own = settings.perses_project.as_deref().or(namespace);
    name(own.unwrap_or(settings.namespace.as_str()))
}

/// The page of a dashboard, which is called after its slug, or after its resource.
pub(crate) fn url(slug: &str, settings: &GeneratorSettings) -> String {
    let name = match settings.format {
        BundleFormat::Files => name(slug),
        BundleFormat::Kubernetes => resource_name(&dashboard_resource(slug), settings),
    };
    format!("{}/projects/{}/dashboards/{name}", settings.perses_url.trim_end_matches('/'), project_name(settings))
}
