//! The rules that a good dashboard keeps, on what is rendered.

use serde_json::{Value, json};
use telemetry_mixin::model::{Dashboard, Mixin, Panel, Unit};
use telemetry_mixin::query::{buckets, max, sum};
use telemetry_mixin::{GeneratorSettings, generate};

use crate::fixture::{domain, mixin};

fn rendered() -> Value {
    rendered_with(&GeneratorSettings::default())
}

fn rendered_with(settings: &GeneratorSettings) -> Value {
    let files = generate(settings, &[domain(mixin())]).unwrap_or_else(|errors| panic!("{errors}"));
    let text = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
    serde_json::from_str(text).expect("a dashboard is JSON")
}

fn panels(dashboard: &Value) -> Vec<&Value> {
    let panels = dashboard["panels"].as_array().expect("a dashboard has panels");
    panels.iter().filter(|panel| panel["type"] != "row").collect()
}

/// The panels that the domain has declared.
fn declared(dashboard: &Value) -> Vec<&Value> {
    let generated =
        ["Firing Alerts", "Instances Exporting", "Last Export", "Error Budget Left", "Error Budget over 30 Days"];
    panels(dashboard).into_iter().filter(|panel| generated.iter().all(|title| panel["title"] != *title)).collect()
}

fn expressions<'a>(panels: &[&'a Value]) -> Vec<&'a str> {
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    targets.filter_map(|target| target["expr"].as_str()).collect()
}

#[test]
fn every_selector_is_narrowed_to_the_chosen_job_and_instance() {
    let dashboard = rendered();
    let narrowed = r#"job=~"$job", instance=~"$instance""#;
    let in_project = format!("{narrowed}, project_id=~\"$project_id\"");
    assert_eq!(
        expressions(&declared(&dashboard)),
        [
            format!("sum by (project_id) (job_instance_project_id:agentpane_queue_depth:sum{{{in_project}}})"),
            format!(
                "(sum(rate(runtime_tool_timeouts_total{{{narrowed}}}[$__rate_interval])) or 0 * \
                 sum(rate(runtime_tool_execute_seconds_count{{{narrowed}, outcome=~\"success|timeout\"}}\
                 [$__rate_interval]))) / (sum(rate(runtime_tool_execute_seconds_count{{{narrowed}, \
                 outcome=~\"success|timeout\"}}[$__rate_interval])) > 0)"
            ),
        ]
    );
}

#[test]
fn variables_choose_the_data_source_the_job_and_the_instance() {
    let dashboard = rendered();
    let variables = dashboard["templating"]["list"].as_array().expect("there are variables");
    let names: Vec<&str> = variables.iter().filter_map(|variable| variable["name"].as_str()).collect();
    assert_eq!(names, ["datasource", "job", "instance", "project_id"]);
    assert_eq!(variables[0]["query"], "prometheus");
    assert_eq!(variables[0]["label"], "Data source");
    for variable in &variables[1..] {
        assert_eq!(variable["datasource"]["uid"], "${datasource}");
        assert_eq!((&variable["multi"], &variable["includeAll"]), (&Value::Bool(true), &Value::Bool(true)));
        assert_eq!(variable["allValue"], ".+");
        assert_eq!(variable["refresh"], 2);
    }
    assert_eq!(
        variables[3]["query"]["query"],
        r#"label_values(agentpane_queue_depth{job=~"$job", instance=~"$instance"}, project_id)"#
    );
}

#[test]
fn labels_of_the_scrape_are_chosen_between_job_and_instance() {
    let settings = GeneratorSettings { common_labels: vec!["cluster".to_owned()], ..GeneratorSettings::default() };
    let dashboard = rendered_with(&settings);
    let variables = dashboard["templating"]["list"].as_array().expect("there are variables");
    let names: Vec<&str> = variables.iter().filter_map(|variable| variable["name"].as_str()).collect();
    assert_eq!(names, ["datasource", "job", "cluster", "instance", "project_id"]);
    let query = |at: usize| variables[at]["query"]["query"].as_str().unwrap_or_default();
    assert!(query(2).ends_with(r#", job=~"$job"}, cluster)"#), "{}", query(2));
    assert!(query(3).contains(r#"target_info{job=~"$job", cluster=~"$cluster"}"#), "{}", query(3));
    assert!(query(4).contains(r#"cluster=~"$cluster", instance=~"$instance""#), "{}", query(4));
    let narrowed = expressions(&declared(&dashboard));
    // Rules keep it.
    assert!(narrowed[0].contains(r#"cluster=~"$cluster""#), "{}", narrowed[0]);
    assert_eq!(narrowed[1].matches(r#"cluster=~"$cluster""#).count(), 3, "{}", narrowed[1]);
}

#[test]
fn a_dashboard_begins_with_whether_all_is_well() {
    let dashboard = rendered();
    let all = dashboard["panels"].as_array().expect("a dashboard has panels");
    let titles: Vec<&str> = all.iter().filter_map(|panel| panel["title"].as_str()).take(4).collect();
    assert_eq!(titles, ["At a Glance", "Firing Alerts", "Instances Exporting", "Last Export"]);
    let narrowed = r#"{job=~"$job", instance=~"$instance"}"#;
    assert_eq!(
        expressions(&panels(&dashboard))[0],
        format!("sum(max by (job) (job_instance:demo_alerts:firing{narrowed})) or 0 * count(target_info{narrowed})")
    );
    assert!(all[1..4].iter().all(|panel| panel["gridPos"]["y"] == 1), "{all:?}");
}

#[test]
fn a_domain_adds_to_the_first_row() {
    let share = Panel::stat("Error Share", "Runs that fail", Unit::Ratio, sum("agentpane_queue_depth"));
    let depth = Panel::stat("Depth", "Tasks that wait", Unit::Short, sum("agentpane_queue_depth"));
    let board = Dashboard::new("queue", "Queue", "What waits").row("Depth").at_a_glance(share).panel(depth);
    let files = generate(&GeneratorSettings::default(), &[domain(Mixin::new().dashboard(board))]);
    let files = files.unwrap_or_else(|errors| panic!("{errors}"));
    let text = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
    let dashboard: Value = serde_json::from_str(text).expect("a dashboard is JSON");
    let all = dashboard["panels"].as_array().expect("a dashboard has panels");
    let titles: Vec<&str> = all.iter().filter_map(|panel| panel["title"].as_str()).collect();
    // Without an alert on which somebody has to act, none can fire.
    assert_eq!(titles, ["At a Glance", "Instances Exporting", "Last Export", "Error Share", "Depth", "Depth"]);
}

#[test]
fn what_fires_and_what_is_deployed_are_lines_across_the_panels() {
    let dashboard = rendered();
    let annotations = dashboard["annotations"]["list"].as_array().expect("there are annotations");
    let names: Vec<&str> = annotations.iter().filter_map(|annotation| annotation["name"].as_str()).collect();
    assert_eq!(names, ["Firing alerts", "Deploys"]);
    let firing = annotations[0]["expr"].as_str().unwrap_or_default();
    assert!(
        firing.starts_with("ALERTS{alertstate=\"firing\", escalation=\"\", alertname=~\"QueueBacklog|"),
        "{firing}"
    );
    let deploys = annotations[1]["expr"].as_str().unwrap_or_default();
    assert!(deploys.contains("service_version") && deploys.contains("offset 5m"), "{deploys}");
    for annotation in annotations {
        assert_eq!(annotation["datasource"]["uid"], "${datasource}");
    }
}

#[test]
fn every_panel_says_what_it_shows() {
    let dashboard = rendered();
    assert_eq!(dashboard["editable"], false);
    assert_eq!(dashboard["uid"], "agentpane-queue");
    for panel in panels(&dashboard) {
        for field in ["title", "description"] {
            assert!(panel[field].as_str().is_some_and(|text| !text.is_empty()), "{panel}");
        }
        assert_eq!(panel["datasource"]["uid"], "${datasource}");
        assert_eq!(panel["targets"][0]["datasource"]["uid"], "${datasource}");
        assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{panel}");
        // What is left of a budget may be less than nothing.
        let least = if panel["title"].as_str().is_some_and(|title| title.starts_with("Error Budget")) { -1 } else { 0 };
        assert_eq!(panel["fieldConfig"]["defaults"]["min"], least);
    }
}

#[test]
fn panels_lead_to_runbooks_and_dashboards_to_each_other() {
    let dashboard = rendered();
    let link = &declared(&dashboard)[0]["links"][0];
    assert_eq!(link["title"], "Runbook: QueueBacklog");
    assert!(link["url"].as_str().is_some_and(|url| url.ends_with("/QueueBacklog.md")), "{link}");
    assert_eq!(dashboard["links"][0]["type"], "dashboards");
    assert_eq!(dashboard["links"][0]["tags"][0], dashboard["tags"][0]);
}

#[test]
fn ids_and_places_are_distinct() {
    let dashboard = rendered();
    let all = dashboard["panels"].as_array().expect("a dashboard has panels");
    let ids: std::collections::BTreeSet<u64> = all.iter().filter_map(|panel| panel["id"].as_u64()).collect();
    assert_eq!(ids.len(), all.len());
    let places: std::collections::BTreeSet<String> =
        all.iter().map(|panel| format!("{}/{}", panel["gridPos"]["x"], panel["gridPos"]["y"])).collect();
    assert_eq!(places.len(), all.len());
}

#[test]
fn a_table_of_several_queries_has_a_column_for_each_that_has_a_name() {
    let queue = |metric: &str| sum(metric).by(["project_id"]);
    let one = Panel::table("One", "One query", Unit::Short, queue("agentpane_queue_depth"));
    let queries = [
        queue("agentpane_queue_depth").into(),
        max("agentpane_queue_depth").by(["project_id"]).legend("Most"),
        queue("agentpane_queue_depth").legend("All"),
    ];
    let board = Dashboard::new("tables", "Tables", "Tables").panel(one).panel(Panel::table(
        "Several",
        "Several queries",
        Unit::Short,
        queries,
    ));
    let files = generate(&GeneratorSettings::default(), &[domain(Mixin::new().dashboard(board))]);
    let files = files.unwrap_or_else(|errors| panic!("{errors}"));
    let text = files.get("deploy/grafana/dashboards/tables.json").expect("there is a dashboard");
    let dashboard: Value = serde_json::from_str(text).expect("a dashboard is JSON");
    let panels = declared(&dashboard);
    let time = json!([{ "id": "organize", "options": { "excludeByName": { "Time": true } } }]);
    assert_eq!(panels[0]["transformations"], time);
    assert_eq!(panels[0]["options"]["sortBy"][0]["displayName"], "Value");
    let organize = json!({ "id": "organize", "options": {
        "excludeByName": { "Time": true, "Value #A": true },
        "renameByName": { "Value #B": "Most", "Value #C": "All" },
    } });
    assert_eq!(panels[1]["transformations"], json!([{ "id": "merge", "options": {} }, organize]));
    assert_eq!(panels[1]["options"]["sortBy"], json!([]));
}

#[test]
fn a_table_by_instance_shows_the_host() {
    let query = sum("agentpane_queue_depth").by(["instance"]).legend("{{instance}}");
    let board = Dashboard::new("tables", "Tables", "Tables").panel(Panel::table("One", "One", Unit::Short, query));
    let dashboard = of_board(board);
    let panel = declared(&dashboard)[0];
    let expr = panel["targets"][0]["expr"].as_str().unwrap_or_default();
    assert!(expr.contains("on (instance) group_left (host_name)"), "{expr}");
    let hidden = json!({ "Time": true, "instance": true });
    assert_eq!(panel["transformations"][0]["options"]["excludeByName"], hidden);
}

#[test]
fn bars_of_buckets_are_in_the_order_of_the_bounds_and_called_by_the_legend() {
    let buckets = buckets("runtime_tool_execute_seconds").legend("≤ {{le}} s");
    let bars = Panel::bucket_bars("Durations", "How long runs take", Unit::per_second("runs"), buckets);
    let dashboard = of_board(Dashboard::new("bars", "Bars", "Bars").panel(bars));
    let panel = declared(&dashboard)[0];
    assert_eq!(panel["targets"][0]["legendFormat"], "{{le}}");
    assert_eq!(panel["fieldConfig"]["defaults"]["displayName"], "≤ ${__field.labels.le} s");
}

/// The dashboard, beside the fixture's metrics.
fn of_board(board: Dashboard) -> Value {
    let path = format!("deploy/grafana/dashboards/{}.json", board.slug);
    let files = generate(&GeneratorSettings::default(), &[domain(Mixin::new().dashboard(board))]);
    let files = files.unwrap_or_else(|errors| panic!("{errors}"));
    let text = files.get(&path).expect("there is a dashboard");
    serde_json::from_str(text).expect("a dashboard is JSON")
}
