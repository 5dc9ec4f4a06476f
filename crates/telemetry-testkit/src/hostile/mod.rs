//! Peers that mean no good, as named faults: what meets the network meets all of them in its tests.

mod collector;
mod http;

pub use collector::{CollectorFault, HostileCollector};
pub use http::HttpFault;
