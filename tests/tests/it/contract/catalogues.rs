//! Which crates the contract is held against.

use std::collections::BTreeSet;

use telemetry_mixin::model::Domain;

use super::spec::Metrics;
use crate::tidy::workspace;

/// What every domain shows to operators. Lines of a log have no metrics, and nothing to show of them.
pub(crate) fn domains() -> Vec<Domain> {
    let mut domains = telemetry::domains();
    domains.retain(|domain| domain.catalogue.metrics().next().is_some());
    domains
}

pub(super) fn crates() -> BTreeSet<String> {
    let catalogues = telemetry::catalogues();
    let declaring = catalogues.iter().filter(|catalogue| catalogue.metrics().next().is_some());
    declaring.map(|catalogue| catalogue.crate_name().to_owned()).collect()
}

/// The crates whose domain shows their metrics to operators.
pub(super) fn shown_crates() -> BTreeSet<String> {
    domains().iter().map(|domain| domain.catalogue.crate_name().to_owned()).collect()
}

#[test]
fn the_list_has_every_crate_that_the_contract_names_and_that_exists() {
    let named: BTreeSet<String> = Metrics::read().metrics.into_iter().map(|metric| metric.crate_name).collect();
    let existing: BTreeSet<String> =
        workspace::packages().into_iter().map(|package| package.name).filter(|name| named.contains(name)).collect();
    assert_eq!(crates(), existing);
}

#[test]
fn every_crate_that_declares_metrics_is_a_domain() {
    assert_eq!(shown_crates(), crates());
}
