//! The pull endpoint: what the meters hold, in Prometheus's text format 0.0.4, under the names of the catalogue.

mod server;
mod token;

pub(crate) use server::{Scrape, bind};
