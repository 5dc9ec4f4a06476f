//! Metric groups: all that is measured of one entity.

mod entity;
mod family;
mod id;
mod label_guard;
mod length;
mod live;
mod metric_group;
mod single;
mod sink;
mod standing;

pub use entity::{Entity, OTHER};
pub use family::Family;
pub use id::{EntityId, EntityRef};
pub use live::Live;
pub use metric_group::MetricGroup;
pub use single::Single;
pub use sink::Sink;
