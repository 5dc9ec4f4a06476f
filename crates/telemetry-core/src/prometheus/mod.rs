//! The pull endpoint: what the meters hold, in Prometheus's text format 0.0.4, under the names of the catalogue.

mod answer;
mod scraper;
mod server;
mod token;

pub use scraper::{ScrapeError, Scraper};
pub(crate) use server::{bind, serve};
