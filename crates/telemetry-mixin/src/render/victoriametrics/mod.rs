//! VictoriaMetrics: what it scrapes, and what it makes of OTLP.

mod file;

pub(crate) use file::{files, takes_otlp};
