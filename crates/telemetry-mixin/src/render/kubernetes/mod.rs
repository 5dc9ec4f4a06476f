//! The bundle as resources of Kubernetes.

mod packed;
mod resource;

pub(crate) use packed::packed;
