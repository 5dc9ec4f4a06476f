//! Pages that people write, of which parts are generated.

use std::fs;
use std::path::Path;

use telemetry_mixin::model::Mixin;
use telemetry_mixin::{Difference, GeneratedFiles, GeneratorSettings, generate};
use tempfile::TempDir;

use crate::catalogue::METRICS;
use crate::fixture::{domain, mixin};

const PAGE: &str = "docs/operations.md";
const END: &str = "<!-- end of generated -->";

fn generated(mixin: Mixin) -> GeneratedFiles {
    let mut files =
        generate(&GeneratorSettings::default(), &[domain(mixin)]).unwrap_or_else(|errors| panic!("{errors}"));
    files.fill(PAGE);
    files
}

fn directory_with(page: &str) -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    fs::create_dir(directory.path().join("docs")).expect("a folder can be made");
    fs::write(directory.path().join(PAGE), page).expect("a page can be written");
    directory
}

fn page(directory: &Path) -> String {
    fs::read_to_string(directory.join(PAGE)).expect("the page is there")
}

fn part(name: &str) -> String {
    format!("<!-- generated: {name} -->\n{END}\n")
}

#[test]
fn tables_tell_where_a_metric_is_seen_and_what_an_alert_says() {
    let prose = "# Operations\n\nWhat we know.\n\n";
    let directory =
        directory_with(&format!("{prose}{}\nIn between.\n\n{}", part("signals of demo"), part("alerts of demo")));
    generated(mixin()).write_to(directory.path()).expect("it can be written to");
    insta::assert_snapshot!(page(directory.path()));
}

#[test]
fn a_page_that_is_behind_differs_and_is_filled_anew() {
    let directory = directory_with(&part("alerts of demo"));
    let files = generated(mixin());
    let differences = files.check_against(directory.path()).expect("it can be read");
    let told =
        differences.iter().any(|difference| matches!(difference, Difference::Changed { path, .. } if path == PAGE));
    assert!(told, "{differences:?}");
    files.write_to(directory.path()).expect("it can be written to");
    let once = page(directory.path());
    assert_eq!(files.check_against(directory.path()).expect("it can be read"), []);
    files.write_to(directory.path()).expect("it can be written to");
    assert_eq!(page(directory.path()), once);
    let manifest = fs::read_to_string(directory.path().join("deploy/GENERATED")).expect("the manifest was written");
    assert!(!manifest.contains(PAGE), "a page that people write is never removed");
}

#[test]
fn comments_that_lead_nowhere_are_told_before_anything_is_written() {
    for (page, expected) in [
        (part("alerts of dmo"), "line 1: there is no generated part `alerts of dmo`; did you mean `alerts of demo`?"),
        (part("everything"), "there are `alerts of demo`, `signals of demo`"),
        ("\n<!-- generated: alerts of demo -->\n".to_owned(), "line 2: `<!-- end of generated -->` is missing"),
        (format!("<!-- generated: alerts of demo -->\n{}", part("signals of demo")), "line 1: `<!-- end of generated"),
        (format!("{END}\n"), "line 1: `<!-- end of generated -->` ends nothing"),
    ] {
        let directory = directory_with(&page);
        let error = generated(mixin()).write_to(directory.path()).expect_err("the page is wrong").to_string();
        assert!(error.contains(PAGE) && error.contains(expected), "{error}");
        assert!(!directory.path().join("deploy").exists(), "{expected}");
        assert!(generated(mixin()).check_against(directory.path()).is_err(), "{expected}");
    }
}

#[test]
fn a_page_that_is_missing_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let error = generated(mixin()).write_to(directory.path()).expect_err("there is no page").to_string();
    assert!(error.contains(PAGE), "{error}");
}

#[test]
fn a_metric_s_page_tells_who_reads_it_or_why_nobody_does() {
    let reason = "it is for those who look at one server";
    let unread = |name: &str| {
        let metric = METRICS.iter().find(|metric| metric.name == name).expect("it is in the catalogue");
        mixin().unread(metric, reason)
    };
    let files = generated(unread("mcp_server_connections_active"));
    let page = files.get("docs/metrics/telemetry-demo.md").expect("the crate has a page");
    let of = |metric: &str| {
        let begin = page.find(&format!("## `{metric}`")).expect("the metric has a part");
        page[begin..].split("\n## ").next().unwrap_or_default().to_owned()
    };
    let depth = of("agentpane_queue_depth");
    assert!(depth.contains("- shown on: Queue: Depth\n"), "{depth}");
    assert!(depth.contains("- alerts: [QueueBacklog](../runbooks/QueueBacklog.md)\n"), "{depth}");
    assert!(of("mcp_server_connections_active").contains(&format!("- read by nothing here: {reason}\n")));
    assert!(of("http_exec_started_total").contains("- read by nothing here: no reason is given\n"));
    let errors = generate(&GeneratorSettings::default(), &[domain(unread("agentpane_queue_depth"))]);
    let told = errors.expect_err("it is read").to_string();
    assert!(told.contains("metric `agentpane_queue_depth`") && told.contains("it is read"), "{told}");
}
