//! Since when each series counts, as a back end is told, so that what it was born with counts from zero (ADR 25).

mod known;
mod otlp;
#[cfg(feature = "prometheus")]
mod pulled;

pub(crate) use known::Starts;
