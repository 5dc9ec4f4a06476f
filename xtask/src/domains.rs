//! The one list of domains, which every command that looks at metrics reads: the facade's.

pub(crate) use telemetry::{catalogues, domains};
