use std::collections::BTreeSet;

use telemetry_core::Catalogue;

use super::spec::Metrics;
use crate::tidy::workspace;

/// The catalogue of every crate that declares metrics.
pub(super) const CATALOGUES: [Catalogue; 2] = [telemetry_core::CATALOGUE, telemetry_runtime::CATALOGUE];

pub(super) fn crates() -> BTreeSet<String> {
    CATALOGUES.iter().map(|catalogue| catalogue.crate_name().to_owned()).collect()
}

#[test]
fn the_list_has_every_crate_that_the_contract_names_and_that_exists() {
    let named: BTreeSet<String> = Metrics::read().metrics.into_iter().map(|metric| metric.crate_name).collect();
    let existing: BTreeSet<String> =
        workspace::packages().into_iter().map(|package| package.name).filter(|name| named.contains(name)).collect();
    assert_eq!(crates(), existing);
}
