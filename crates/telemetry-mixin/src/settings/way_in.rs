//! On which of two ways applications' metrics come from the collector.

use std::str::FromStr;

/// On which way applications' metrics come from the collector. On both at once, every series would be there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayIn {
    /// What keeps them scrapes the collector.
    Scrape,
    /// The collector pushes over OTLP.
    Push,
}

impl FromStr for WayIn {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "scrape" => Ok(Self::Scrape),
            "push" => Ok(Self::Push),
            _ => Err("accepted are scrape and push"),
        }
    }
}
