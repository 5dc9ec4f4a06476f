//! What a metric group is to the rest of the crate: the trait that the derive implements.

use std::sync::Arc;

use super::entity::Entity;
use super::sink::Sink;
use crate::def::{LabelDef, MetricDef};

/// All that is measured of one entity; derived with `#[derive(Metrics)]`.
pub trait MetricGroup: Send + Sync + Sized + 'static {
    /// The metrics in the order of the fields.
    const CATALOGUE: &'static [MetricDef];
    /// The labels that identify the entity.
    const ENTITY: &'static [LabelDef];
    /// Whether the group is outside the process's limit of series: the telemetry's own metrics.
    const EXEMPT: bool = false;

    /// What names an entity: `&str` for one label, a struct of `&str` for several, `()` for none.
    type Key<'a>: Copy;

    /// Gives the key's strings to `use_parts`.
    #[doc(hidden)]
    fn with_parts<R>(key: Self::Key<'_>, use_parts: impl FnOnce(&[&str]) -> R) -> R;

    /// The instruments of one entity.
    #[doc(hidden)]
    fn build(entity: &Arc<Entity>) -> Self;

    /// Has the series of its counters there at zero, before anything was counted.
    #[doc(hidden)]
    fn begin(&self);

    /// Reports the observable metric of that place in the catalogue.
    #[doc(hidden)]
    fn observe(&self, metric: usize, sink: &mut Sink<'_>);
}
