//! The pull endpoint: what the meters hold, as OpenMetrics or in Prometheus's text format 0.0.4, under the names of the
//! catalogue.

mod accept;
mod answer;
mod openmetrics;
mod scraper;
mod server;
mod token;

pub use scraper::{ScrapeError, Scraper};
pub(crate) use server::{bind, serve};
