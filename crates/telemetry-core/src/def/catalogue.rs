//! The metrics of one crate as a list that generators, checkers and tests read.

use super::MetricDef;

/// Every metric of one crate, group by group.
///
/// A domain crate has one, `CATALOGUE`; docs, dashboards and the PromQL checker take a list of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Catalogue {
    crate_name: &'static str,
    groups: &'static [&'static [MetricDef]],
}

impl Catalogue {
    /// The catalogue of a crate: `Catalogue::new(env!("CARGO_PKG_NAME"), &[ToolMetrics::CATALOGUE])`.
    #[must_use]
    pub const fn new(crate_name: &'static str, groups: &'static [&'static [MetricDef]]) -> Self {
        Self { crate_name, groups }
    }

    /// The crate.
    #[must_use]
    pub const fn crate_name(&self) -> &'static str {
        self.crate_name
    }

    /// Its metrics in the order of declaration.
    pub fn metrics(&self) -> impl Iterator<Item = &'static MetricDef> + use<> {
        self.groups.iter().copied().flatten()
    }
}
