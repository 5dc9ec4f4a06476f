//! How metrics come from the collector to what keeps them, and how the labels of services and processes come with them.

mod attributes;
mod needs;
mod relabel;
mod scrape;

pub(crate) use attributes::{given_to_resources, promoted_by_prometheus};
pub(crate) use needs::{FEATURES, OTLP_FLAG, RETENTION, is_pushed, victoriametrics_flags};
pub(crate) use relabel::{Relabel, of_samples, of_target};
pub(crate) use scrape::scrape_configs;
