//! The lifecycle without anything global: telemetry that is built, and a subscriber for this thread alone.

mod answers;
mod export;
mod first;
mod fixture;
mod histograms;
mod hostile;
mod large;
mod last_word;
mod losses;
mod masked;
mod outage;
#[cfg(feature = "prometheus")]
mod scrape;
mod shutdown;
mod spoken;
mod tls;
