//! The bundle as resources of Kubernetes.

mod monitor;
mod packed;
mod resource;

pub(crate) use packed::packed;
