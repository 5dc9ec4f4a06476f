//! Metric groups: all that is measured of one entity.

mod entity;
mod family;
mod id;
mod live;
mod single;

pub use entity::Entity;
pub use family::Family;
pub use id::{EntityId, EntityRef};
pub use live::{Live, Sink};
pub use single::Single;

use std::sync::Arc;

use crate::def::{LabelDef, MetricDef};

/// What a free-text label's further values fold into once it has reached its limit.
pub const OTHER: &str = "_other";

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

    /// Reports the observable metric of that place in the catalogue.
    #[doc(hidden)]
    fn observe(&self, metric: usize, sink: &mut Sink<'_>);
}
