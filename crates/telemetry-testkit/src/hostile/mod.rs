//! Peers that do what no peer should, by name.

mod collector;

pub use collector::{CollectorFault, HostileCollector};
