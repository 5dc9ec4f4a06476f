//! Generated files in a directory: written, compared, removed.

use std::fs;

use telemetry_mixin::model::Mixin;
use telemetry_mixin::{Difference, GeneratedFiles, GeneratorSettings, generate};

use crate::fixture::{domain, mixin};

fn generated(mixin: Mixin) -> GeneratedFiles {
    generate(&GeneratorSettings::default(), &[domain(mixin)]).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn what_was_written_does_not_differ() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let files = generated(mixin());
    files.write_to(directory.path()).expect("it can be written to");
    assert_eq!(files.check_against(directory.path()).expect("it can be read"), []);
}

#[test]
fn differences_are_told_with_their_line() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let files = generated(mixin());
    files.write_to(directory.path()).expect("it can be written to");
    let rules = directory.path().join("deploy/prometheus/rules/demo.yaml");
    let text = fs::read_to_string(&rules).expect("the rules were written").replace("> 10'", "> 11'");
    fs::write(&rules, text).expect("the rules can be written");
    fs::remove_file(directory.path().join("docs/runbooks/README.md")).expect("the index was written");
    let differences = files.check_against(directory.path()).expect("it can be read");
    let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("deploy/prometheus/rules/demo.yaml:"), "{told:?}");
    let lines: Vec<&str> = told[0].lines().collect();
    assert!(lines[1].starts_with("  @@ -"), "{told:?}");
    let at = |sign: &str| lines.iter().position(|line| line.starts_with(&format!("  {sign} ")));
    let (found, expected) = (at("-").expect("what is there is shown"), at("+").expect("what would be is shown"));
    assert!(lines[found].ends_with("> 11'") && lines[expected].ends_with("> 10'"), "{told:?}");
    assert_eq!((found, expected, lines.len()), (5, 6, 10), "three lines stand around it: {told:?}");
    assert_eq!(told[1], "docs/runbooks/README.md: missing");
}

#[test]
fn what_is_no_longer_generated_is_removed_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    generated(mixin()).write_to(directory.path()).expect("it can be written to");
    let own = directory.path().join("deploy/grafana/dashboards/own.json");
    fs::write(&own, "{}").expect("a user's own file can be written");
    let fewer = generated(Mixin::new());
    let stale = Difference::Stale { path: "deploy/grafana/dashboards/queue.json".to_owned() };
    assert!(fewer.check_against(directory.path()).expect("it can be read").contains(&stale));
    fewer.write_to(directory.path()).expect("it can be written to");
    assert!(!directory.path().join("deploy/grafana/dashboards/queue.json").exists());
    assert!(own.exists());
    assert_eq!(fewer.check_against(directory.path()).expect("it can be read"), []);
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    fs::write(directory.path().join("deploy"), "in the way").expect("a file can be written");
    let error = generated(mixin()).write_to(directory.path()).expect_err("a file is in the way");
    assert!(error.to_string().contains("deploy"), "{error}");
}

#[test]
fn a_file_that_has_nothing_of_what_it_should_have_is_not_told_in_full() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let files = generated(mixin());
    files.write_to(directory.path()).expect("it can be written to");
    let board = directory.path().join("deploy/grafana/dashboards/queue.json");
    fs::write(&board, "own\u{1b}[2J\n".repeat(5_000)).expect("the dashboard can be written");
    let differences = files.check_against(directory.path()).expect("it can be read");
    let told = differences[0].to_string();
    assert!(told.starts_with("deploy/grafana/dashboards/queue.json:1: differs\n  @@ "), "{told}");
    assert!(told.lines().count() < 70 && told.ends_with(" lines more"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told}");
}
