//! Metric groups: all that is measured of one entity.

mod entities;
mod entity;
mod family;
mod id;
mod label_guard;
mod length;
mod live;
mod metric_group;
mod reading;
mod single;
mod sink;
mod standing;

pub use entity::{Entity, OTHER};
pub use family::Family;
pub use id::{EntityId, EntityRef};
pub use live::Live;
pub use metric_group::MetricGroup;
pub use single::Single;
pub(crate) use sink::Asks;
pub use sink::Sink;
