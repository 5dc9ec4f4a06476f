//! The bundle as resources of Kubernetes.

mod monitor;
mod name;
mod packed;
mod resource;

pub(crate) use name::{dashboard_resource, resource_name};
pub(crate) use packed::packed;
