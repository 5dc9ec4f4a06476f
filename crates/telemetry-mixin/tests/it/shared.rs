//! Dashboards that several domains have a part in.

use serde_json::Value;
use telemetry_core::Catalogue;
use telemetry_mixin::model::{Dashboard, Domain, Mixin, Panel, Unit};
use telemetry_mixin::query::sum;
use telemetry_mixin::{GeneratorSettings, generate};

fn board() -> Dashboard {
    Dashboard::new("board", "Board", "What all have a part in").sections(&["First", "Second"])
}

fn domain(name: &str, dashboard: Dashboard) -> Domain {
    Domain::new(name, Catalogue::new("test", &[]), Mixin::new().dashboard(dashboard))
}

fn panel(title: &str) -> Panel {
    Panel::stat(title, "Targets that answered", Unit::Short, sum("up"))
}

fn generated(settings: &GeneratorSettings) -> Value {
    let north = domain("north", board().row("Second").panel(panel("A")));
    let south = domain("south", board().row("First").panel(panel("B")).row("Second").panel(panel("C")));
    let files = generate(settings, &[north, south]).unwrap_or_else(|errors| panic!("{errors}"));
    let text = files.get("deploy/grafana/dashboards/board.json").expect("the parts are one file");
    serde_json::from_str(text).expect("a dashboard is JSON")
}

fn titles(dashboard: &Value) -> Vec<&str> {
    let panels = dashboard["panels"].as_array().expect("a dashboard has panels");
    let titles: Vec<&str> = panels.iter().filter_map(|panel| panel["title"].as_str()).collect();
    // Every dashboard begins with the same row.
    assert_eq!(titles[..3], ["At a Glance", "Instances Exporting", "Last Export"]);
    titles[3..].to_vec()
}

#[test]
fn the_parts_are_joined_in_the_order_of_the_sections() {
    let dashboard = generated(&GeneratorSettings::default());
    assert_eq!(titles(&dashboard), ["First", "B", "Second", "A", "C"]);
    assert_eq!(dashboard["tags"], serde_json::json!(["agentpane", "north", "south"]));
}

#[test]
fn domains_that_are_left_out_leave_their_part_out() {
    let settings = GeneratorSettings { domains: vec!["north".to_owned()], ..GeneratorSettings::default() };
    let dashboard = generated(&settings);
    assert_eq!(titles(&dashboard), ["Second", "A"]);
    assert_eq!(dashboard["tags"], serde_json::json!(["agentpane", "north"]));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let refused = |other: Dashboard| {
        let domains = [domain("north", board().row("First").panel(panel("A"))), domain("south", other)];
        generate(&GeneratorSettings::default(), &domains).expect_err("the parts do not fit").to_string()
    };
    let other_title = Dashboard { title: "Another".to_owned(), ..board() }.row("First").panel(panel("B"));
    assert!(refused(other_title).contains("another one has the same name"));
    assert!(refused(board().row("First").panel(panel("A"))).contains("another one has the same name"));
    assert!(refused(board().row("Third").panel(panel("B"))).contains("`Third` is none of its sections"));
}

#[test]
fn the_shared_dashboards_have_the_sections_of_the_contract() {
    assert_eq!(Dashboard::overview().sections, ["Service Health", "Task Pipeline", "Performance"]);
    let sections = ["Process Metrics", "Database", "Streams & Connections", "External Services"];
    assert_eq!(Dashboard::infrastructure().sections, sections);
}
