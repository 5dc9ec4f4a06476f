//! What a metric is, as data: the declaration from which instruments, docs, dashboards and checks derive.

mod catalogue;
mod check;
mod kind;
mod label;
mod metric;
mod name;
mod namespace;
mod prometheus;

pub use catalogue::Catalogue;
pub use kind::Kind;
pub use label::{LabelDef, LabelValues};
pub use metric::MetricDef;
pub use namespace::{Namespace, NamespaceError};
