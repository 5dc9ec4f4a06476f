//! Runbooks: one file for each alert and each objective, and none that nothing leads to.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use telemetry_mixin::model::Domain;

use super::workspace::{Package, files, packages, read, root};
use crate::contract::catalogues::domains;

/// Runbooks by their name.
type Pages = BTreeMap<String, String>;

/// Crates whose runbooks another one holds, which declares what operators see of them.
const ELSEWHERE: [(&str, &str); 1] = [("telemetry-core", "telemetry-mixin")];

/// The crate that holds the runbooks of a domain.
fn holder(domain: &Domain) -> &'static str {
    let name = domain.catalogue.crate_name();
    ELSEWHERE.iter().find(|(of, _)| *of == name).map_or(name, |(_, holder)| holder)
}

#[test]
fn every_alert_has_its_runbook_and_every_runbook_its_alert() {
    let packages = packages();
    let mut checked = 0;
    for domain in domains() {
        let name = holder(&domain);
        let package = packages.iter().find(|package| package.name == name);
        let written = pages(package.unwrap_or_else(|| panic!("{name} is no package")));
        let mixin = domain.mixin;
        let held: Pages = mixin.runbooks().map(|runbook| (runbook.name.clone(), runbook.text.clone())).collect();
        assert_eq!(written, held, "runbooks/*.md of {name}, and what its alerts and objectives hold");
        checked += held.len();
    }
    assert!(checked >= 3, "only {checked} runbooks were looked at");
}

#[test]
fn runbooks_are_where_domains_are() {
    let domains: Vec<&str> = domains().iter().map(holder).collect();
    for package in packages().iter().filter(|package| package.dir.starts_with(root().join("crates"))) {
        assert!(pages(package).is_empty() || domains.contains(&package.name.as_str()), "{}", package.name);
    }
}

fn pages(package: &Package) -> Pages {
    let folder = package.dir.join("runbooks");
    if !folder.exists() {
        return Pages::new();
    }
    let name = |path: &Path| path.file_stem().and_then(OsStr::to_str).unwrap_or_default().to_owned();
    files(&folder, |_| true).iter().map(|path| (name(path), read(path))).collect()
}
