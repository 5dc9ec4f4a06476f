//! What a metric is, as data: the declaration from which instruments, docs, dashboards and checks derive.

mod catalogue;
mod check;
mod label;
mod metric;
mod name;
mod namespace;

pub use catalogue::Catalogue;
pub use label::{LabelDef, LabelValues};
pub use metric::{Kind, MetricDef};
pub use namespace::{Namespace, NamespaceError};
