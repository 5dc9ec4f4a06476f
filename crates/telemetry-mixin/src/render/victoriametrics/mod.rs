//! VictoriaMetrics: what it scrapes.

mod file;

pub(crate) use file::files;
