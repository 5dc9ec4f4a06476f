//! Core of the telemetry workspace.

pub mod def;

pub use def::{Catalogue, Kind, LabelDef, LabelValues, MetricDef, Namespace, NamespaceError};
