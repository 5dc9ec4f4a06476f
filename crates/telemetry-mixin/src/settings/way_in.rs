//! On which of two ways applications' metrics come from the collector.

use telemetry_core::Choice;

/// On which way applications' metrics come from the collector. On both at once, every series would be there twice.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayIn {
    /// What keeps them scrapes the collector.
    Scrape,
    /// The collector pushes over OTLP.
    Push,
}
